import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRecurrence } from './recurrence.ts'
import { describeRecurrence } from './recurrence-words.ts'

test('a rule is said as people say it', () => {
  const sentences: Record<string, string> = {
    'FREQ=DAILY': 'every day',
    'FREQ=DAILY;INTERVAL=3;COUNT=1': 'every 3 days, once',
    'FREQ=DAILY;BYMONTH=1': 'every day in January',
    'FREQ=DAILY;INTERVAL=2;BYDAY=MO,FR': 'every 2 days, but only on Monday and Friday',
    'FREQ=WEEKLY;COUNT=4': 'every week, 4 times',
    'FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10': 'every Tuesday and Thursday, 10 times',
    'FREQ=WEEKLY;BYDAY=MO,WE,FR;BYMONTH=6,7': 'every Monday, Wednesday and Friday in June and July',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU': 'every 2 weeks on Tuesday and Sunday',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU':
      'every 2 weeks on Tuesday and Sunday, in weeks that start on Sunday',
    'FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231': 'every month on the last Friday, until 31 December 2026',
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU': 'every 2 months on the 1st Sunday and the last Sunday',
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=TU': 'every 2 months on every Tuesday',
    'FREQ=MONTHLY;BYMONTHDAY=1,15,-1': 'every month on the 1st, 15th and last day',
    'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13': 'every month on the 13th when that is Friday',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2':
      'every month, only the 2nd to last of: Monday, Tuesday, Wednesday, Thursday and Friday',
    'FREQ=YEARLY;UNTIL=20301231T220000Z': 'every year, until 31 December 2030, 22:00 UTC',
    'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25': 'every year on the 25th of December',
    'FREQ=YEARLY;BYMONTHDAY=13': 'every year on the 13th of every month',
    'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH': 'every year on the 4th Thursday in November',
    'FREQ=YEARLY;BYDAY=20MO': 'every year on the 20th Monday of the year',
    'FREQ=YEARLY;BYMONTH=3': 'every year in March',
    'FREQ=YEARLY;BYMONTH=3,9;BYSETPOS=1': 'every year, only the 1st of: its dates in March and September',
  }
  for (const [text, sentence] of Object.entries(sentences))
    assert.equal(describeRecurrence(parseRecurrence(text)), sentence)
})
