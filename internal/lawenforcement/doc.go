// Package lawenforcement tells the police that an order of protection was
// served.
//
// The registry sends "the basic case information with the date and time of
// service to the corresponding law enforcement agencies, as soon as the
// information is entered" (§3(d)). What an agency receives is one letter page,
// made to be read at night, on an old fax machine, by somebody who has never
// seen one before.
//
// Start with [Notice], the facts that one agency is told, and [Page], which
// prints them; equal facts make equal bytes, so that the ledger can say which
// page was sent. [Spool] is the plainest way out of the house: a directory in
// which each notice appears once.
//
// The page names protected persons and their addresses (C.G.S. §51-5c). Errors
// of this package therefore name deliveries, never people.
package lawenforcement
