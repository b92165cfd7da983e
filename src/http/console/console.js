/**
 * What a page is better with: it says where the browser is, so that times can be read on its clock, and keeps the queue
 * fresh. Every page works without this; the queue then has a link to reload it.
 */

sayWhereWeAre()

const queue = document.querySelector('[data-mark]')
const status = document.querySelector('[role=status]')
if (queue) listen(queue.dataset.mark)

/** A page that was made without knowing it is made again, once; a browser that keeps no cookies is left alone. */
function sayWhereWeAre() {
  const zone = `backdesk_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`
  if (document.cookie.includes(zone)) return
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API asks for HTTPS, which localhost has none of.
  document.cookie = `${zone}; path=/console; max-age=31536000; samesite=lax`
}

/** A dropped connection is the browser's to mend; it says the last mark it knew. A refused one is tried again later. */
function listen(mark) {
  const news = new EventSource(`/console/approvals/events?since=${encodeURIComponent(mark)}`)
  news.addEventListener('open', () => say('Live: what is new appears by itself.'))
  news.addEventListener('change', refresh)
  news.addEventListener('error', () => {
    say('The connection is lost. Trying again …')
    if (news.readyState === EventSource.CLOSED) setTimeout(listen, 15_000, queue.dataset.mark)
  })
}

async function refresh() {
  const answer = await fetch(location.href)
  if (!answer.ok || answer.redirected) return location.reload()
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const fresh = page.querySelector('[data-mark]')
  const focused = document.activeElement?.id
  queue.dataset.mark = fresh.dataset.mark
  const chosen = [...queue.querySelectorAll('.pick input:checked')].map(({ id }) => id)
  queue.replaceChildren(...fresh.childNodes)
  for (const id of chosen) document.getElementById(id)?.setAttribute('checked', '')
  const [badge, waits] = [document, page].map(of => of.querySelector('.sections'))
  if (badge && waits && !badge.contains(document.activeElement)) badge.replaceChildren(...waits.childNodes)
  if (focused) document.getElementById(focused)?.focus()
  say(`Something changed: ${queue.querySelectorAll('.waiting > li').length} waiting.`)
}

function say(text) {
  status.textContent = text
}
