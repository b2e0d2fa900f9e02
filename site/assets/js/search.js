// The search page: the state in the address, what it finds, and everything that changes it.

import { SearchPage } from './ui/page.js'

new SearchPage().start()
