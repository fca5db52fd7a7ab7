// Package reference holds the tables that addresses and courts are looked up
// in: court locations, towns, law enforcement agencies, which agency covers
// which town (§3(d)), and the postal places that are no towns. They are CSV
// files of ours, embedded; [Load] reads and checks them once.
//
// Start with [Tables.Locate], which tells where an address lies, and
// [Tables.Covering], which tells whose area that is by these tables. The
// database has the last word: the registry section assigns agencies there.
//
// # Decisions
//
//   - More is told rather than less. A place never takes an agency of its town
//     away, it adds some: an address in Willimantic is told to Willimantic's
//     police and to Troop K, which covers Windham; one in Storrs to the
//     university's police and to Troop C; one in Uncasville to the Mohegan
//     police and to Troop E.
//   - A place that lies in several towns gives all of them: an address in
//     Mystic is told to Stonington's police and to Groton Town's.
//   - "Groton" alone can mean the town, the city or Long Point, so all three
//     are told; Mystic and Noank lie in neither of the last two. Groton is
//     therefore also a place of its own town.
//   - A name that two places could be abbreviated to (N. Haven, N. Canaan) is
//     not guessed: it is unknown, and a person of the registry section decides.
//   - The state decides before the name: Manchester, NH is out of state. No
//     state means Connecticut.
//   - A ZIP code never overrules a name. It tells which part of a town an
//     address lies in, and a foreign town from a misspelt one.
//
// # Sources, and how sure they are
//
//   - Towns, counties: C.G.S. §6-1 and the census. Sure.
//   - Judicial district and G.A. of a town: general knowledge of C.G.S. §§51-344
//     and 51-348, each a partition of the 169 towns. The court location of a
//     town is inferred from its G.A.
//   - Court location codes: HPCC's published docket layouts; sitting towns from
//     C.G.S. §51-181; KNO, NNI and TSR partly general knowledge.
//   - ORIs: the FBI's crime data project (agency_name_edits.csv, CC0). Those of
//     the State Police troops are inferred from their order.
//   - Which towns have a department: OLR 2011-R-0194 and press until 2018.
//     Troops: point in polygon over trendct/data CSPJurisdictions, compared with
//     data.ct.gov ex8d-mq3p (public domain) as far as it could be seen.
//   - Places and ZIP codes: general knowledge of postal names.
//
// Missing, for want of a source: fax numbers and printers of agencies, campus
// police other than UConn's, UConn's campuses outside Storrs, Troop W at
// Bradley airport.
package reference
