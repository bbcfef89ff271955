/** Images in one chunk of drafting. A file of its own: workflows load it, and no types with it. */
export const draftChunkSize = 50
