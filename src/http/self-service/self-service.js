/** Adds the viewer's own time where their clocks show another than those of the location. The page works without it. */

const own = Intl.DateTimeFormat().resolvedOptions().timeZone
for (const time of document.querySelectorAll('time[data-zone]')) {
  const { dateTime, dataset } = time
  const [here, there] = [own, dataset.zone].map(zone => ({
    day: dayIn(dateTime, zone),
    hour: hourIn(dateTime, zone),
  }))
  if (here.day === there.day && here.hour === there.hour) continue
  const start = here.day === there.day ? here.hour : `${here.day} ${here.hour}`
  const note = document.createElement('span')
  note.classList.add('quiet', 'here')
  note.textContent = ` ${dataset.own.replace('{0}', start).replace('{1}', hourIn(dataset.until ?? dateTime, own))}`
  time.after(note)
}

/** The day by its name is enough: the clocks of two places are at most one day apart. */
function dayIn(instant, timeZone) {
  return written(instant, { weekday: 'short', timeZone })
}

function hourIn(instant, timeZone) {
  return written(instant, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
}

function written(instant, look) {
  return new Intl.DateTimeFormat(document.documentElement.lang, look).format(new Date(instant))
}
