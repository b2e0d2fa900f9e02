// What every page runs.
export {}
