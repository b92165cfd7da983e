/**
 * What a page is better with: it says where the browser is, so that times can be read on its clock, and keeps the queue
 * fresh. Every page works without this; the queue then has a link to reload it.
 */

sayWhereWeAre()

const queue = document.querySelector('[data-mark]')
if (queue) keepFresh(queue, document.querySelector('.live'))

/** A page that was made without knowing it is made again, once; a browser that keeps no cookies is left alone. */
function sayWhereWeAre() {
  const zone = `backdesk_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}`
  if (document.cookie.includes(zone)) return
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API asks for HTTPS, which localhost has none of.
  document.cookie = `${zone}; path=/console; max-age=31536000; samesite=lax`
}

/**
 * The page knows by its mark what it shows, and asks for news since that one. So it makes no difference what it has
 * missed, and how: each way back, from a lost connection, a restarted server or another tab, is to fetch the page anew
 * and to listen from there. It is replaced whole, so that nothing is there twice. A tab that nobody looks at holds no
 * stream: a browser opens six connections to a site (HTTP/1.1), and others want them.
 * @param status says what of its `data-` texts is the case
 */
function keepFresh(queue, status) {
  let news
  let timer
  let turn = 0
  let calm = status.dataset.calm
  document.addEventListener('visibilitychange', () => {
    rest()
    if (!document.hidden) catchUp()
  })
  listen()

  function rest() {
    turn++
    news?.close()
    clearTimeout(timer)
  }

  function listen() {
    rest()
    news = new EventSource(`/console/approvals/events?since=${encodeURIComponent(queue.dataset.mark)}`)
    news.addEventListener('open', () => say(calm))
    news.addEventListener('change', catchUp)
    news.addEventListener('error', later)
  }

  function later() {
    rest()
    say(status.dataset.lost)
    timer = setTimeout(catchUp, 2000)
  }

  async function catchUp() {
    rest()
    const mine = turn
    const page = await fetchPage().catch(() => null)
    if (mine !== turn) return
    if (!page) return later()
    const fresh = page.querySelector('[data-mark]')
    // Signed out, or in another workspace by now.
    if (fresh?.dataset.place !== queue.dataset.place) return location.reload()
    if (fresh.dataset.mark !== queue.dataset.mark) {
      show(queue, fresh)
      showWaiting(page)
      calm = page.querySelector('.live').dataset.changed
    }
    say(calm)
    timer = setTimeout(listen, 1000) // So that a flood of news is not a flood of requests.
  }

  function say(text) {
    if (status.textContent !== text) status.textContent = text
  }
}

/** A refusal is a page as well; what a proxy or a server on its way down says is none. */
async function fetchPage() {
  const answer = await fetch(location.href)
  if (answer.status >= 500 || answer.status === 429) return null
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

/** What is ticked stays so, what has the focus has it again, and what is read stays where it is on the screen. */
function show(queue, fresh) {
  const focused = document.activeElement?.id
  const chosen = [...queue.querySelectorAll('.pick input:checked')].map(({ id }) => id)
  const topOf = element => element?.getBoundingClientRect().top
  const read = scrollY > 0 && [...queue.querySelectorAll('a[id]')].find(link => topOf(link) > 0)
  const before = read && topOf(read)
  queue.dataset.mark = fresh.dataset.mark
  queue.replaceChildren(...fresh.childNodes)
  for (const id of chosen) document.getElementById(id)?.setAttribute('checked', '')
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  const same = read && document.getElementById(read.id)
  if (same) scrollBy(0, topOf(same) - before)
}

/** How many wait stands beside the section's name, on the page as in its navigation. */
function showWaiting(page) {
  const [here, there] = [document, page].map(of => of.querySelector('.sections'))
  if (here && there && !here.contains(document.activeElement)) here.replaceChildren(...there.childNodes)
}
