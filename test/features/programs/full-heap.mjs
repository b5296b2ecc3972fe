/** Fills the heap of the thread that runs it. */
const held = []
for (;;) held.push(new Array(1000).fill(held.length))
