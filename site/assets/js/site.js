// What every page runs: theme, language, copying, the JSON behind a page.

import { startCopying } from './pages/copy.js'
import { nameTheHub } from './pages/hub.js'
import { startLanguage } from './pages/language.js'
import { startRaw } from './pages/raw.js'
import { startScrolling } from './pages/scroll.js'
import { startTheme } from './pages/theme.js'

startTheme()
startLanguage()
nameTheHub()
startCopying()
startRaw()
startScrolling()
