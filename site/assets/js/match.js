// The page to match a scene with the hub's models.

import { MatchPage } from './match/page.js'

new MatchPage().start()
