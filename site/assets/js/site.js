// What every page runs: theme, language, copying.

import { startCopying } from './pages/copy.js'
import { startLanguage } from './pages/language.js'
import { startTheme } from './pages/theme.js'

startTheme()
startLanguage()
startCopying()
