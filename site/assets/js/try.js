// Trying a model on its page. What it takes to run one is loaded when somebody asks for it.

import { startTrying } from './try/start.js'

startTrying()
