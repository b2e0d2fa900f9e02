// What goes wrong while a model is tried, in the page's language.

import { number, t } from '../i18n.js'

/** @typedef {import('./faults.js').Values} Values */
/** @typedef {(values: Values) => string} Message */

/** @type {Record<string, Message>} */
const MESSAGES = {
  // The image.
  format: () => t('This is no GeoTIFF, PNG or JPEG. Convert it to GeoTIFF, for instance with gdal_translate.'),
  empty: () => t('This file is empty.'),
  unreadable: (values) => t('This file cannot be read as an image, or is damaged: {reason}', values),
  bits: (values) => t('This image has {bits} bits for each colour, which browsers shorten to 8. Save it as GeoTIFF.', values),
  pixels: (values) => t('Pixels of the type {dtype} cannot be read here. Convert the image to 8, 16 or 32 bits.', values),
  large: ({ height, width, most }) =>
    t('This image has {width} × {height} pixels. Up to {most} million can be taken here; for larger ones use geocairn predict.', {
      height: number(Number(height)),
      width: number(Number(width)),
      most: number(Number(most)),
    }),
  bands: (values) => t('This image has too few bands: {have}, and the model needs {need}.', values),
  nodata: () => t('This image holds no data at all: every pixel is masked.'),
  none: () => t('Choose an image first.'),
  // The model and its description.
  fetch: (values) => t('This could not be fetched: {href} ({reason})', values),
  size: (values) => t('The model’s file has {found} bytes, and its description says {size}: it is not the one described.', values),
  checksum: () => t('The model’s file is not the one described: its checksum is another.'),
  network: (values) => t('The model cannot be run in a browser: {reason}', values),
  differs: (values) => t('The model’s file is not what its description says: {what}', values),
  item: (values) => t('The model’s description says too little to run it: {field}', values),
  inputs: (values) => t('The model takes {count} inputs; only models of one image can be run here.', values),
  dimension: (values) => t('The model takes a dimension that cannot be filled here: {name}', values),
  dimensions: (values) => t('The model gives {count} dimensions for {name}, and its description names {told}.', values),
  dtype: (values) => t('The model takes numbers of the type {dtype}, which cannot be made here.', values),
  preprocessing: () => t('The model needs code of its own to prepare images, which is not executed here.'),
  code: (values) => t('The model’s description asks for code to be executed, which is not done here: {text}', values),
  expression: (values) => t('This expression in the model’s description cannot be computed: {text}', values),
  scaling: (values) => t('The scaling in the model’s description cannot be applied: {reason}', values),
  resize: (values) => t('The model takes {to} pixels, not {from}, and its description allows no resizing ({how}).', values),
  post: (values) => t('The model’s result needs code of its own, which is not executed here: {text}', values),
  classes: (values) => t('The model’s description lists {classes} classes, and the model gives {channels} channels.', values),
  threshold: () => t('The model’s description does not say from which score on its class is told.'),
  boxes: (values) => t('The boxes that the model gives are written in no known way: {names}', values),
  output: (values) => t('The model gives {output} pixels for windows of {tile}, which do not fit.', values),
  run: (values) => t('The model does not run on an array of {shape}: {reason}', values),
  // The result.
  room: () => t('The result is too large to be kept in a browser. Take a smaller image, or use geocairn predict.'),
  many: (values) => t('The result has {count} polygons; up to {most} can be written here. Download the GeoTIFF instead.', values),
  place: () => t('The image does not say where it lies, so there is nothing to place on a map.'),
  crs: (values) => t('The image’s reference system (EPSG:{epsg}) is not known here. Download the GeoTIFF instead.', values),
  unexpected: (values) => t('Something went wrong: {reason}', values),
}

/** @param {{code: string, values: Values}} fault */
export function explained({ code, values }) {
  const message = Object.hasOwn(MESSAGES, code) ? MESSAGES[code] : undefined
  return message ? message(values) : t('Something went wrong: {reason}', { reason: code })
}
