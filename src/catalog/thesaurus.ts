/**
 * The words people say for ours, as search reads them: one line, one sense; a word may have several; a hyphen
 * makes two words one. Only what is said of many tools stands here. What people call one of them goes to its `keywords`.
 */
export const senses = [
  // What tools do.
  'list show see view display browse look all which',
  'get show see view display read check look fetch details',
  'search find look-up lookup browse discover',
  'create make add new generate issue provision start set-up',
  'update change edit modify alter adjust correct rename configure set replace define',
  'delete remove erase destroy drop discard archive forget',
  'end stop quit terminate',
  'revoke disable deactivate block suspend invalidate kill remove cut-off',
  'cancel withdraw abort retract drop undo call-off take-back',
  'reverse undo revert restore',
  'run call execute invoke perform trigger use',
  'send deliver text mail email notify tell',
  'draft write compose prepare',
  'preview try simulate estimate calculate quote',
  'verify confirm check validate prove',
  'explain why reason',
  'move reschedule postpone shift push-back',
  'pause freeze suspend hold',
  'enrol register registration join onboard sign-up signup',
  'merge combine duplicate dedupe same',

  // Whom a business deals with.
  'customer client guest patient person contact',
  'staff employee worker team colleague stylist therapist instructor teacher',
  'organisation business company shop store firm salon studio clinic boss',
  'workspace tenant account business company',
  'location branch site shop premises',
  'member user login colleague',
  'agent ai bot assistant',

  // What it offers, and when.
  'booking appointment appt reservation reserve visit',
  'class lesson course session workshop',
  'service treatment offering menu massage facial haircut perm manicure',
  'slot free available availability opening vacancy',
  'schedule rota timetable roster calendar agenda',
  'absence holiday vacation leave sick time-off',
  'waitlist queue waiting',
  'resource room equipment machine chair cabin court',
  'package pass bundle pack',
  'gift voucher present certificate',
  'subscription membership plan recurring monthly',
  'product item article merchandise goods stock inventory',
  'time clock date today',
  'time-zone timezone',
  'opening-hours business-hours',
  'no-show turn-up show-up',
  'check-in arrive arrival walk-in',

  // Money.
  'invoice bill',
  'payment pay paid cash money charge debit',
  'refund return money-back',
  'price cost quote fee rate',
  'revenue turnover sales income earn',
  'promotion discount coupon voucher deal',
  'loyalty point reward bonus',
  'report analytics statistics figures numbers kpi summary overview',

  // What it says.
  'message text sms whatsapp email mail notification',
  'reminder remind automation automatically follow-up',
  'campaign newsletter blast mailing',
  'post page article blog',
  'consent permission opt-in opt-out unsubscribe privacy gdpr',

  // How it is run.
  'settings configuration config preferences options policy rule',
  'approval approve allow permission ok okay authorise decide decision review sign-off',
  'rejected refused denied declined turn-down',
  'pending waiting wait awaiting open outstanding queue',
  'key token credential secret password access login',
  'role permission right allowed scope',
  'audit history log trail activity',
  'code otp pin passcode',
  'sandbox test staging trial playground demo practice practise simulated pretend fake',
  'tool function operation command capability action endpoint feature',
  'schema parameter argument field input documentation docs',
  'webhook callback notify',
]
