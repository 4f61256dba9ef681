/**
 * The anchor of a heading, as code forges make it: a link to it then works there and on the site. A
 * second heading with the same text gets `-1`, which whoever collects them adds.
 */
export const slug = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
