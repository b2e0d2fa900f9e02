/** Runs the search engine beside the page, so that typing never stutters. */

import { serve } from './search/serve.js'

serve(/** @type {any} */ (globalThis))
