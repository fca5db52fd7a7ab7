// Package gqlhttp is GraphQL over HTTP as this API speaks it: what may be sent,
// within which limits, and how it is answered.
//
// [New] puts gqlgen's executor behind four ways in:
//
//   - POST (post.go): one JSON object, strictly read; the answer's data goes
//     out as the resolvers wrote it, without a second pass through an encoder.
//     A subscription is answered as a stream of events (sse.go) if the client
//     accepts one, else refused.
//   - GET (get.go): queries of bearer tokens.
//   - Websocket (websocket.go): the protocol graphql-transport-ws.
//
// Every operation on every way in passes the [gate] (gate.go): which document a
// documentId stands for, what a document may weigh before anything expensive
// looks at it (bounds.go, cost.go), and that no object is asked for one
// connection in two ways (slots.go, why: docs of [slotUse]). A mutation or
// query ends by a deadline; a subscription ends with a reason (lifetime.go).
//
// Nothing waits for a client that does not read: an answer in one piece has its
// time to leave (respond.go), as has each event. [Handler.Shutdown] ends the
// websockets (sockets.go), which an http.Server does not know.
//
// Every error carries extensions.code, one of [terms.Code] (present.go): what
// was meant for the client reaches it, everything else is INTERNAL with a
// reference that also stands in the log. No text of a driver and nothing of a
// body that could not be read is ever sent back.
//
// The statuses follow the GraphQL over HTTP draft; the public audit suite runs
// in audit/. Who is asking is not known here: the request's context carries it
// in, and [Options] asks the few questions that depend on it.
package gqlhttp
