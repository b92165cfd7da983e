/** Selling a package: the customer has its sessions from now on, and is invoiced for them; paying is not here. */

import { notFound } from '../../catalog/refusal.ts'
import { findLocation } from '../business/locations.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type Invoicing, invoiceLot } from '../invoices/of-lot.ts'
import type { Invoice } from '../invoices/tables.ts'
import { grant } from './grant.ts'
import { findPackage } from './packages.ts'
import { findLot, type LotView } from './read.ts'

export interface Sale {
  package_id: string
  customer_id: string
  /** Whose days its validity is counted in; default: the workspace's. */
  location_id?: string
  /** Default: the settings'. */
  invoice?: Invoicing
}

export interface Sold {
  lot: LotView
  invoice: Invoice | null
}

/** @throws Refusal `not_found`, also of a package or a customer who is archived */
export async function sellPackage(context: Context, sale: Sale): Promise<Sold> {
  const [sold, customer, location] = await Promise.all([
    findPackage(context, sale.package_id),
    getCustomer(context, sale.customer_id),
    sale.location_id === undefined ? null : findLocation(context, sale.location_id),
  ])
  if (sold.status !== 'active') throw notFound('package', ['list_packages'])
  if (customer.status !== 'active') throw notFound('customer', ['search_customers'])
  const id = await grant(context, {
    customerId: customer.id,
    packageId: sold.id,
    source: 'sale',
    name: sold.name,
    sessions: sold.sessions,
    validity: sold.validity,
    activation: sold.activation,
    serviceIds: sold.service_ids,
    timeZone: location?.time_zone ?? context.workspace.timeZone,
    priceAmount: sold.price.amount,
  })
  const lot = await findLot(context, id)
  return { lot, invoice: await invoiceLot(context, lot, sale.invoice) }
}
