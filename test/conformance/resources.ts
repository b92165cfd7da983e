/** The suite's resources. */

import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { image } from './content.ts'

export function addResources(server: McpServer): void {
  const plain = { mimeType: 'text/plain' }
  server.registerResource('static-text', 'test://static-text', plain, ({ href: uri }) => ({
    contents: [{ uri, ...plain, text: 'This is the content of the static text resource.' }],
  }))
  server.registerResource('watched', 'test://watched-resource', plain, ({ href: uri }) => ({
    contents: [{ uri, ...plain, text: 'Watched resource content' }],
  }))
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { mimeType: image.mimeType },
    ({ href: uri }) => ({
      contents: [{ uri, mimeType: image.mimeType, blob: image.data }],
    }),
  )
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined })
  server.registerResource(
    'template',
    template,
    { mimeType: 'application/json' },
    ({ href: uri }, { id }) => ({
      contents: [{ uri, mimeType: 'application/json', text: JSON.stringify({ id, templateTest: true }) }],
    }),
  )
  // Acknowledged and forgotten: without sessions there is nobody to tell.
  server.server.setRequestHandler('resources/subscribe', () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', () => ({}))
}
