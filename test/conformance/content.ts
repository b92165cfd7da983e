/** Content blocks that several parts of the fixture show. */

/** One red pixel. */
export const image = {
  type: 'image' as const,
  mimeType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
}

/** A WAV header with no samples after it. */
export const audio = {
  type: 'audio' as const,
  mimeType: 'audio/wav',
  data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=',
}

export function text(text: string) {
  return { type: 'text' as const, text }
}

export function resource(uri: string, text: string, mimeType = 'text/plain') {
  return { type: 'resource' as const, resource: { uri, mimeType, text } }
}
