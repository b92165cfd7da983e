/** Adds the viewer's own time where their clocks show another than those of the location. The page works without it. */

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
for (const time of document.querySelectorAll('time[data-zone]')) {
  const here = clock(time, own)
  if (here === clock(time, time.dataset.zone)) continue
  const note = document.createElement('span')
  note.classList.add('quiet', 'here')
  note.textContent = ` ${time.dataset.own.replace('{0}', here).replace('{1}', own.replaceAll('_', ' '))}`
  time.after(note)
}

function clock({ dateTime }, timeZone) {
  const look = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }
  return new Intl.DateTimeFormat(document.documentElement.lang, look).format(new Date(dateTime))
}
