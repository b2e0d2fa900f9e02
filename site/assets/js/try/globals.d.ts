/** File name of the worker's script, beside the page's own; build.mjs puts it in. */
declare const TRY_WORKER: string
