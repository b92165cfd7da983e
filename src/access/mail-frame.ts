/** A mail's text in HTML: what comes from outside is escaped, so that it stays text. Styles stand inline: mail readers drop others. */

export interface Frame {
  /** BCP 47. */
  language: string
  title: string
  /** HTML that is safe already. */
  content: string
}

export function mailFrame({ language, title, content }: Frame): string {
  return `<!doctype html>
<html lang="${escaped(language)}">
<head><meta charset="utf-8"><title>${escaped(title)}</title></head>
<body style="margin: 0; padding: 24px; font: 16px/1.5 system-ui, sans-serif; color: #1c1f23; background: #ffffff">
${content}
</body>
</html>
`
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character]!)
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
