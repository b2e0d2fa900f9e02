// Searches for benchmarks: random, but the same every time; those of another seed are other ones.

/** Words that generated models share. */
const THEMES = ['buildings', 'roads', 'floods', 'crops', 'wildfire', 'ships', 'forest', 'clouds', 'landslides', 'water']
const OTHERS = ['swin', 'resnet', 'segformer', 'yolov8', 'drone', 'vit', 'deeplabv3plus', 'naip', 'landsat', 'sentinel']
const FACETS = [
  { license: 'MIT' },
  { architecture: 'U-Net' },
  { tasks: 'object-detection' },
  { platforms: 'sentinel-2' },
  { gsd: '..1' },
]

/** Numbers from 0 to 1, after https://en.wikipedia.org/wiki/Linear_congruential_generator. */
function random(seed) {
  let state = BigInt(seed) * 7919n + 1n
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 11n) / 2 ** 53
  }
}

/**
 * @param {number} seed
 * @param {number} count Of each kind.
 */
export function queries(seed, count) {
  const next = random(seed)
  const box = () => {
    const size = [0.5, 1, 2, 5][Math.floor(next() * 4)]
    const west = Math.round(1000 * (-170 + next() * (340 - size))) / 1000
    const south = Math.round(1000 * (-55 + next() * (125 - size))) / 1000
    return [west, south, west + size, south + size]
  }
  const pick = (list) => list[Math.floor(next() * list.length)]
  const many = (make) => Array.from({ length: count }, make)
  return {
    'box + facet': many(() => ({ bbox: box(), ...pick(FACETS) })),
    box: many(() => ({ bbox: box() })),
    'two words': many(() => ({ q: `${pick(OTHERS)} ${pick(THEMES)}` })),
    'words + facet': many(() => ({ q: `${pick(OTHERS)} ${pick(THEMES)}`, ...pick(FACETS) })),
    'words in a box': many(() => ({ q: pick(THEMES), bbox: box() })),
    'newest in a box': many(() => ({ bbox: box(), sortby: '-datetime' })),
  }
}
