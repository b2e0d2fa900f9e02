// Licences by what they allow.

/** @typedef {'open' | 'share' | 'restricted' | 'other'} LicenceClass */

/** Classes from what allows most to what is not known. */
export const CLASSES = /** @type {LicenceClass[]} */ (['open', 'share', 'restricted', 'other'])

const RESTRICTED = /(^|-)(NC|ND)(-|$)|non-?commercial|proprietary|research|RAIL/i
const SHARE = /(^|[^A-Z])(A?GPL|LGPL|MPL|EPL|EUPL|ODbL|OSL)|-SA(-|$)/i
const OPEN = /^(MIT|Apache|BSD|ISC|0BSD|Unlicense|CC0|CC-BY-\d|PDDL|ODC-By|Zlib|BSL|PSF|etalab|CC-BY$)/i

/**
 * What a licence, by its SPDX identifier, allows: `open` asks for a mention at most, `share` that
 * changes be given on alike, `restricted` forbids some use.
 * @param {string} licence
 * @returns {LicenceClass}
 */
export function licenceClass(licence) {
  if (RESTRICTED.test(licence)) return 'restricted'
  if (SHARE.test(licence)) return 'share'
  return OPEN.test(licence) ? 'open' : 'other'
}
