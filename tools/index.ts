/** The catalog in its order, and the everyday list that `/mcp` shows. */

import cancelApprovalRequest from './approvals/cancel-approval-request.ts'
import getApproval from './approvals/get-approval.ts'
import listApprovals from './approvals/list-approvals.ts'
import setApprovalPolicy from './approvals/set-approval-policy.ts'
import createSlotHold from './availability/create-slot-hold.ts'
import createTimeOff from './availability/create-time-off.ts'
import deleteScheduleOverride from './availability/delete-schedule-override.ts'
import deleteTimeOff from './availability/delete-time-off.ts'
import explainUnavailability from './availability/explain-unavailability.ts'
import findNextAvailableSlot from './availability/find-next-available-slot.ts'
import getAvailableSlots from './availability/get-available-slots.ts'
import getCalendarAgenda from './availability/get-calendar-agenda.ts'
import listSchedules from './availability/list-schedules.ts'
import listTimeOff from './availability/list-time-off.ts'
import releaseSlotHold from './availability/release-slot-hold.ts'
import setScheduleOverride from './availability/set-schedule-override.ts'
import setWeeklySchedule from './availability/set-weekly-schedule.ts'
import bookSlotHold from './bookings/book-slot-hold.ts'
import cancelBooking from './bookings/cancel-booking.ts'
import cancelBookingSeries from './bookings/cancel-booking-series.ts'
import checkInBooking from './bookings/check-in-booking.ts'
import completeBooking from './bookings/complete-booking.ts'
import confirmBooking from './bookings/confirm-booking.ts'
import createBooking from './bookings/create-booking.ts'
import createBookingSelfServiceLink from './bookings/create-booking-self-service-link.ts'
import createRecurringBookings from './bookings/create-recurring-bookings.ts'
import declineBooking from './bookings/decline-booking.ts'
import getBooking from './bookings/get-booking.ts'
import listBookings from './bookings/list-bookings.ts'
import markBookingNoShow from './bookings/mark-booking-no-show.ts'
import previewBookingCancellation from './bookings/preview-booking-cancellation.ts'
import quoteBooking from './bookings/quote-booking.ts'
import reassignBooking from './bookings/reassign-booking.ts'
import rescheduleBooking from './bookings/reschedule-booking.ts'
import revertBookingStatus from './bookings/revert-booking-status.ts'
import submitIntakeForm from './bookings/submit-intake-form.ts'
import updateBookingDetails from './bookings/update-booking-details.ts'
import waiveBookingFee from './bookings/waive-booking-fee.ts'
import acceptWaitlistOffer from './classes/accept-waitlist-offer.ts'
import cancelClassEnrolment from './classes/cancel-class-enrolment.ts'
import cancelClassSession from './classes/cancel-class-session.ts'
import createClassSeries from './classes/create-class-series.ts'
import declineWaitlistOffer from './classes/decline-waitlist-offer.ts'
import enrolInClass from './classes/enrol-in-class.ts'
import joinWaitlist from './classes/join-waitlist.ts'
import leaveWaitlist from './classes/leave-waitlist.ts'
import listClassRoster from './classes/list-class-roster.ts'
import listClassSessions from './classes/list-class-sessions.ts'
import listWaitlist from './classes/list-waitlist.ts'
import promoteWaitlistEntry from './classes/promote-waitlist-entry.ts'
import recordClassAttendance from './classes/record-class-attendance.ts'
import updateClassSeries from './classes/update-class-series.ts'
import updateClassSession from './classes/update-class-session.ts'
import archiveCustomer from './customers/archive-customer.ts'
import bulkTagCustomers from './customers/bulk-tag-customers.ts'
import createCustomer from './customers/create-customer.ts'
import createCustomerNote from './customers/create-customer-note.ts'
import defineCustomField from './customers/define-custom-field.ts'
import eraseCustomer from './customers/erase-customer.ts'
import exportCustomerData from './customers/export-customer-data.ts'
import findDuplicateCustomers from './customers/find-duplicate-customers.ts'
import getCustomer from './customers/get-customer.ts'
import getCustomerConsent from './customers/get-customer-consent.ts'
import getCustomerTimeline from './customers/get-customer-timeline.ts'
import importCustomersCommit from './customers/import-customers-commit.ts'
import importCustomersPreview from './customers/import-customers-preview.ts'
import listCustomFields from './customers/list-custom-fields.ts'
import listSegments from './customers/list-segments.ts'
import mergeCustomers from './customers/merge-customers.ts'
import previewCustomerMerge from './customers/preview-customer-merge.ts'
import previewSegment from './customers/preview-segment.ts'
import recordCustomerConsent from './customers/record-customer-consent.ts'
import searchCustomers from './customers/search-customers.ts'
import setCustomFieldValues from './customers/set-custom-field-values.ts'
import setCustomerRelationships from './customers/set-customer-relationships.ts'
import setCustomerTags from './customers/set-customer-tags.ts'
import updateCustomer from './customers/update-customer.ts'
import upsertSegment from './customers/upsert-segment.ts'
import adjustEntitlement from './entitlements/adjust-entitlement.ts'
import adjustStoreCredit from './entitlements/adjust-store-credit.ts'
import createPackage from './entitlements/create-package.ts'
import extendEntitlement from './entitlements/extend-entitlement.ts'
import getGiftCardBalance from './entitlements/get-gift-card-balance.ts'
import getStoreCreditBalance from './entitlements/get-store-credit-balance.ts'
import issueGiftCard from './entitlements/issue-gift-card.ts'
import listCustomerEntitlements from './entitlements/list-customer-entitlements.ts'
import listPackages from './entitlements/list-packages.ts'
import redeemGiftCard from './entitlements/redeem-gift-card.ts'
import sellPackage from './entitlements/sell-package.ts'
import updatePackage from './entitlements/update-package.ts'
import calculateInvoice from './invoices/calculate-invoice.ts'
import createCreditNote from './invoices/create-credit-note.ts'
import createInvoice from './invoices/create-invoice.ts'
import createPaymentPlan from './invoices/create-payment-plan.ts'
import deleteDraftInvoice from './invoices/delete-draft-invoice.ts'
import finalizeInvoice from './invoices/finalize-invoice.ts'
import getInvoice from './invoices/get-invoice.ts'
import listInvoices from './invoices/list-invoices.ts'
import listLegalEntities from './invoices/list-legal-entities.ts'
import markInvoiceUncollectible from './invoices/mark-invoice-uncollectible.ts'
import scheduleInvoiceReminders from './invoices/schedule-invoice-reminders.ts'
import sendInvoice from './invoices/send-invoice.ts'
import updateDraftInvoice from './invoices/update-draft-invoice.ts'
import upsertLegalEntity from './invoices/upsert-legal-entity.ts'
import voidCreditNote from './invoices/void-credit-note.ts'
import voidInvoice from './invoices/void-invoice.ts'
import accrueLoyaltyPoints from './loyalty/accrue-loyalty-points.ts'
import adjustLoyaltyPoints from './loyalty/adjust-loyalty-points.ts'
import calculateLoyaltyPoints from './loyalty/calculate-loyalty-points.ts'
import cancelLoyaltyReward from './loyalty/cancel-loyalty-reward.ts'
import enrolLoyaltyMember from './loyalty/enrol-loyalty-member.ts'
import getLoyaltyAccount from './loyalty/get-loyalty-account.ts'
import getLoyaltyProgram from './loyalty/get-loyalty-program.ts'
import issueLoyaltyReward from './loyalty/issue-loyalty-reward.ts'
import listExpiringPoints from './loyalty/list-expiring-points.ts'
import listLoyaltyEvents from './loyalty/list-loyalty-events.ts'
import listLoyaltyRewards from './loyalty/list-loyalty-rewards.ts'
import redeemLoyaltyReward from './loyalty/redeem-loyalty-reward.ts'
import reverseLoyaltyAccrual from './loyalty/reverse-loyalty-accrual.ts'
import reverseLoyaltyRedemption from './loyalty/reverse-loyalty-redemption.ts'
import setLoyaltyTier from './loyalty/set-loyalty-tier.ts'
import updateLoyaltyProgram from './loyalty/update-loyalty-program.ts'
import upsertLoyaltyPromotion from './loyalty/upsert-loyalty-promotion.ts'
import upsertLoyaltyReward from './loyalty/upsert-loyalty-reward.ts'
import addSuppression from './messaging/add-suppression.ts'
import cancelMessage from './messaging/cancel-message.ts'
import draftMessage from './messaging/draft-message.ts'
import getChannelStatus from './messaging/get-channel-status.ts'
import getMessageStatus from './messaging/get-message-status.ts'
import listMessageTemplates from './messaging/list-message-templates.ts'
import listMessages from './messaging/list-messages.ts'
import listSuppressions from './messaging/list-suppressions.ts'
import sendMessage from './messaging/send-message.ts'
import upsertMessageTemplate from './messaging/upsert-message-template.ts'
import connectExternalCalendar from './ops/connect-external-calendar.ts'
import disconnectExternalCalendar from './ops/disconnect-external-calendar.ts'
import getCalendarFeedUrl from './ops/get-calendar-feed-url.ts'
import getJobStatus from './ops/get-job-status.ts'
import listAutomations from './ops/list-automations.ts'
import listExternalCalendars from './ops/list-external-calendars.ts'
import resetCalendarFeedUrl from './ops/reset-calendar-feed-url.ts'
import upsertAutomation from './ops/upsert-automation.ts'
import applyCustomerCredit from './payments/apply-customer-credit.ts'
import capturePayment from './payments/capture-payment.ts'
import chargeSavedMethod from './payments/charge-saved-method.ts'
import createPaymentLink from './payments/create-payment-link.ts'
import getLedgerBalances from './payments/get-ledger-balances.ts'
import getPayment from './payments/get-payment.ts'
import listDisputes from './payments/list-disputes.ts'
import listLedgerEntries from './payments/list-ledger-entries.ts'
import listPaymentMethods from './payments/list-payment-methods.ts'
import listPayments from './payments/list-payments.ts'
import previewRefund from './payments/preview-refund.ts'
import recordManualPayment from './payments/record-manual-payment.ts'
import refundPayment from './payments/refund-payment.ts'
import voidPaymentAuthorization from './payments/void-payment-authorization.ts'
import createApiKey from './platform/create-api-key.ts'
import createPublishableKey from './platform/create-publishable-key.ts'
import createSandbox from './platform/create-sandbox.ts'
import describeTool from './platform/describe-tool.ts'
import getCurrentContext from './platform/get-current-context.ts'
import getWorkspaceSettings from './platform/get-workspace-settings.ts'
import listApiKeys from './platform/list-api-keys.ts'
import listAuditEvents from './platform/list-audit-events.ts'
import listSandboxDeliveries from './platform/list-sandbox-deliveries.ts'
import listWorkspaces from './platform/list-workspaces.ts'
import registerOrganisationRequest from './platform/register-organisation-request.ts'
import registerOrganisationVerify from './platform/register-organisation-verify.ts'
import revokeApiKey from './platform/revoke-api-key.ts'
import rotateApiKey from './platform/rotate-api-key.ts'
import runReadTool from './platform/run-read-tool.ts'
import runWriteTool from './platform/run-write-tool.ts'
import scriptSandboxProvider from './platform/script-sandbox-provider.ts'
import searchTools from './platform/search-tools.ts'
import setSandboxClock from './platform/set-sandbox-clock.ts'
import signInCustomerRequest from './platform/sign-in-customer-request.ts'
import signInCustomerVerify from './platform/sign-in-customer-verify.ts'
import signOutCustomer from './platform/sign-out-customer.ts'
import updateWorkspaceSettings from './platform/update-workspace-settings.ts'
import getLoyaltyLiabilityReport from './reports/get-loyalty-liability-report.ts'
import archiveResource from './services/archive-resource.ts'
import archiveService from './services/archive-service.ts'
import createResource from './services/create-resource.ts'
import createService from './services/create-service.ts'
import getService from './services/get-service.ts'
import listResources from './services/list-resources.ts'
import listServices from './services/list-services.ts'
import setServiceAddons from './services/set-service-addons.ts'
import setServiceBookingPolicy from './services/set-service-booking-policy.ts'
import setServiceIntakeForm from './services/set-service-intake-form.ts'
import setServiceResources from './services/set-service-resources.ts'
import setServiceSegments from './services/set-service-segments.ts'
import setServiceVariants from './services/set-service-variants.ts'
import updateResource from './services/update-resource.ts'
import updateService from './services/update-service.ts'
import acceptTeamInviteRequest from './team/accept-team-invite-request.ts'
import acceptTeamInviteVerify from './team/accept-team-invite-verify.ts'
import createLocation from './team/create-location.ts'
import createStaff from './team/create-staff.ts'
import createTeamInvite from './team/create-team-invite.ts'
import deactivateMember from './team/deactivate-member.ts'
import deactivateStaff from './team/deactivate-staff.ts'
import listLocations from './team/list-locations.ts'
import listMembers from './team/list-members.ts'
import listStaff from './team/list-staff.ts'
import setLocationClosures from './team/set-location-closures.ts'
import setLocationHours from './team/set-location-hours.ts'
import setMemberRole from './team/set-member-role.ts'
import setStaffServices from './team/set-staff-services.ts'
import updateLocation from './team/update-location.ts'
import updateMember from './team/update-member.ts'
import updateStaff from './team/update-staff.ts'

export const tools = [
  registerOrganisationRequest,
  registerOrganisationVerify,
  getCurrentContext,
  listWorkspaces,
  searchTools,
  describeTool,
  runReadTool,
  runWriteTool,
  getWorkspaceSettings,
  updateWorkspaceSettings,
  listApiKeys,
  createApiKey,
  createPublishableKey,
  rotateApiKey,
  revokeApiKey,
  signInCustomerRequest,
  signInCustomerVerify,
  signOutCustomer,
  listAuditEvents,
  createSandbox,
  setSandboxClock,
  listSandboxDeliveries,
  scriptSandboxProvider,

  listLocations,
  createLocation,
  updateLocation,
  setLocationHours,
  setLocationClosures,
  listMembers,
  createTeamInvite,
  acceptTeamInviteRequest,
  acceptTeamInviteVerify,
  updateMember,
  setMemberRole,
  deactivateMember,
  listStaff,
  createStaff,
  updateStaff,
  deactivateStaff,
  setStaffServices,

  listServices,
  getService,
  createService,
  updateService,
  archiveService,
  setServiceVariants,
  setServiceAddons,
  setServiceSegments,
  setServiceResources,
  setServiceBookingPolicy,
  setServiceIntakeForm,
  listResources,
  createResource,
  updateResource,
  archiveResource,

  listSchedules,
  setWeeklySchedule,
  setScheduleOverride,
  deleteScheduleOverride,
  listTimeOff,
  createTimeOff,
  deleteTimeOff,
  getAvailableSlots,
  findNextAvailableSlot,
  explainUnavailability,
  createSlotHold,
  releaseSlotHold,
  getCalendarAgenda,

  listBookings,
  getBooking,
  quoteBooking,
  createBooking,
  createRecurringBookings,
  bookSlotHold,
  confirmBooking,
  declineBooking,
  updateBookingDetails,
  rescheduleBooking,
  reassignBooking,
  previewBookingCancellation,
  cancelBooking,
  cancelBookingSeries,
  checkInBooking,
  completeBooking,
  markBookingNoShow,
  revertBookingStatus,
  waiveBookingFee,
  submitIntakeForm,
  createBookingSelfServiceLink,

  listClassSessions,
  createClassSeries,
  updateClassSeries,
  updateClassSession,
  cancelClassSession,
  listClassRoster,
  enrolInClass,
  cancelClassEnrolment,
  recordClassAttendance,
  joinWaitlist,
  leaveWaitlist,
  listWaitlist,
  promoteWaitlistEntry,
  acceptWaitlistOffer,
  declineWaitlistOffer,

  listPackages,
  createPackage,
  updatePackage,
  sellPackage,
  listCustomerEntitlements,
  adjustEntitlement,
  extendEntitlement,
  issueGiftCard,
  getGiftCardBalance,
  redeemGiftCard,
  getStoreCreditBalance,
  adjustStoreCredit,

  searchCustomers,
  getCustomer,
  getCustomerTimeline,
  createCustomer,
  updateCustomer,
  archiveCustomer,
  findDuplicateCustomers,
  previewCustomerMerge,
  mergeCustomers,
  setCustomerTags,
  createCustomerNote,
  listCustomFields,
  defineCustomField,
  setCustomFieldValues,
  setCustomerRelationships,
  listSegments,
  upsertSegment,
  previewSegment,
  bulkTagCustomers,
  importCustomersPreview,
  importCustomersCommit,
  exportCustomerData,
  eraseCustomer,
  getCustomerConsent,
  recordCustomerConsent,

  getLoyaltyProgram,
  updateLoyaltyProgram,
  enrolLoyaltyMember,
  getLoyaltyAccount,
  listLoyaltyEvents,
  calculateLoyaltyPoints,
  accrueLoyaltyPoints,
  adjustLoyaltyPoints,
  reverseLoyaltyAccrual,
  upsertLoyaltyPromotion,
  listLoyaltyRewards,
  upsertLoyaltyReward,
  issueLoyaltyReward,
  redeemLoyaltyReward,
  cancelLoyaltyReward,
  reverseLoyaltyRedemption,
  listExpiringPoints,
  setLoyaltyTier,

  listInvoices,
  getInvoice,
  calculateInvoice,
  createInvoice,
  updateDraftInvoice,
  deleteDraftInvoice,
  finalizeInvoice,
  sendInvoice,
  scheduleInvoiceReminders,
  voidInvoice,
  markInvoiceUncollectible,
  createCreditNote,
  voidCreditNote,
  createPaymentPlan,
  listLegalEntities,
  upsertLegalEntity,

  getLedgerBalances,
  listLedgerEntries,
  listPayments,
  getPayment,
  createPaymentLink,
  listPaymentMethods,
  chargeSavedMethod,
  capturePayment,
  voidPaymentAuthorization,
  recordManualPayment,
  applyCustomerCredit,
  previewRefund,
  refundPayment,
  listDisputes,

  getChannelStatus,
  listMessageTemplates,
  upsertMessageTemplate,
  draftMessage,
  sendMessage,
  cancelMessage,
  getMessageStatus,
  listMessages,
  listSuppressions,
  addSuppression,

  listApprovals,
  getApproval,
  cancelApprovalRequest,
  setApprovalPolicy,

  getLoyaltyLiabilityReport,

  getJobStatus,
  listAutomations,
  upsertAutomation,
  getCalendarFeedUrl,
  resetCalendarFeedUrl,
  listExternalCalendars,
  connectExternalCalendar,
  disconnectExternalCalendar,
]

/** Two dozen at most: Cursor shows about 40 tools, and every one costs each conversation its tokens. */
export const everyday = [
  'get_current_context',
  'search_customers',
  'get_customer',
  'create_customer',
  'list_services',
  'get_available_slots',
  'explain_unavailability',
  'create_booking',
  'list_bookings',
  'get_booking',
  'reschedule_booking',
  'cancel_booking',
  'list_class_sessions',
  'enrol_in_class',
  'draft_message',
  'send_message',
  'list_approvals',
  'create_invoice',
  'get_loyalty_account',
  'search_tools',
  'describe_tool',
  'run_read_tool',
  'run_write_tool',
]
