package bench

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

// raw is the hand-written server: net/http, prepared statements, JSON appended
// to a buffer. It signs callers in by the same room as the program, because
// that is not what is compared.
type raw struct {
	issuer   *identity.Issuer
	accounts *identity.Accounts
	lookUps  *rawLookUps

	byDocket, byDocketOfficer, papers, calendar, newestOfEach *stdsql.Stmt
}

func newRaw(ctx context.Context, db *stdsql.DB, issuer *identity.Issuer, accounts *identity.Accounts) (*raw, error) {
	r := &raw{issuer: issuer, accounts: accounts}
	for _, s := range []struct {
		to  **stdsql.Stmt
		sql string
	}{
		{&r.byDocket, caseHead + caseTail},
		{&r.byDocketOfficer, caseHead + mayOfficer + caseTail},
		{&r.papers, papersSQL},
		{&r.calendar, calendarSQL},
		{&r.newestOfEach, newestOfEachSQL},
	} {
		prepared, err := db.PrepareContext(ctx, s.sql)
		if err != nil {
			return nil, fmt.Errorf("preparing a statement: %w", err)
		}
		*s.to = prepared
	}
	var err error
	r.lookUps, err = newRawLookUps(ctx, db)
	return r, err
}

func (r *raw) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /case", r.answer(r.oneCase, "docket"))
	mux.HandleFunc("GET /papers", r.answer(r.officersPapers, "officer"))
	mux.HandleFunc("GET /calendar", r.answer(r.hearings, "day"))
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	return mux
}

var errForbidden = errors.New("forbidden")

type asked func(ctx context.Context, v *access.Viewer, parameter string, b []byte) ([]byte, error)

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func (r *raw) answer(ask asked, parameter string) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		claims, err := r.issuer.Verify(q.Context(), identity.BearerToken(q))
		if err != nil {
			http.Error(w, "sign in", http.StatusUnauthorized)
			return
		}
		viewer, err := r.accounts.Viewer(q.Context(), claims.Subject)
		if err != nil {
			http.Error(w, "sign in", http.StatusUnauthorized)
			return
		}
		buffer := buffers.Get().(*[]byte)
		defer buffers.Put(buffer)
		b, err := ask(q.Context(), viewer, q.URL.Query().Get(parameter), (*buffer)[:0])
		switch {
		case errors.Is(err, errForbidden):
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		*buffer = b
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		w.Write(b) //nolint:errcheck // a client that left
	}
}

func (r *raw) oneCase(ctx context.Context, v *access.Viewer, parameter string, b []byte) (_ []byte, err error) {
	docket, err := terms.ParseDocket(parameter)
	if err != nil {
		return nil, err
	}
	var rows *stdsql.Rows
	switch {
	case v.Is(terms.RoleSupervisor):
		rows, err = r.byDocket.QueryContext(ctx, docket)
	case v.Is(terms.RoleOfficer):
		if err := r.lookUps.keep(ctx, v, docket); err != nil {
			return nil, err
		}
		rows, err = r.byDocketOfficer.QueryContext(ctx, docket, v.Officer, v.Officer, v.Officer, v.Account, terms.Micro(v.At.Add(-access.LookUpOpens)))
	default:
		return nil, errForbidden
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var c struct {
		id, docket, status, served, court, courtName, district, first, last, hearing, room, holder, holderFirst, holderLast text
		activity, kind, occurred, recorded, method, late, reason, final, officer, officerFirst, officerLast                 text
	}
	to := []any{
		&c.id, &c.docket, &c.status, &c.served, &c.court, &c.courtName, &c.district, &c.first, &c.last, &c.hearing, &c.room, &c.holder, &c.holderFirst, &c.holderLast,
		&c.activity, &c.kind, &c.occurred, &c.recorded, &c.method, &c.late, &c.reason, &c.final, &c.officer, &c.officerFirst, &c.officerLast,
	}
	n := 0
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		if n++; n == 1 {
			b = append(b, `{"data":{"registryCase":{"id":`...)
			b = appendText(b, c.id)
			b = append(b, `,"docketNumber":`...)
			b = appendDocket(b, c.docket)
			b = append(b, `,"serviceStatus":`...)
			b = appendText(b, c.status)
			b = append(b, `,"servedAt":`...)
			b = appendInstant(b, c.served)
			b = append(b, `,"courtLocation":{"code":`...)
			b = appendText(b, c.court)
			b = append(b, `,"name":`...)
			b = appendText(b, c.courtName)
			b = append(b, `,"judicialDistrict":`...)
			b = append(appendKnown(b, c.district), '}')
			b = appendRespondent(b, c.first, c.last)
			b = appendHearing(b, c.hearing, c.room)
			b = append(b, `,"processHolder":`...)
			b = appendOfficer(b, c.holder, c.holderFirst, c.holderLast)
			b = append(b, `,"activities":{"nodes":[`...)
		} else {
			b = append(b, ',')
		}
		if c.activity == nil {
			break // a case without any
		}
		b = appendActivity(b, c.activity, c.kind, c.occurred, c.recorded)
		b = append(b, `,"officer":`...)
		b = appendOfficer(b, c.officer, c.officerFirst, c.officerLast)
		switch string(c.kind) {
		case "SERVICE":
			b = append(b, `,"method":`...)
			b = appendText(b, c.method)
			b = append(b, `,"recordedLate":`...)
			b = appendBool(b, c.late)
		case "ATTEMPT":
			b = append(b, `,"reason":`...)
			b = appendText(b, c.reason)
			b = append(b, `,"noFurtherAttempt":`...)
			b = appendBool(b, c.final)
		}
		b = append(b, '}')
	}
	if n == 0 {
		b = append(b, `{"data":{"registryCase":null}}`...)
	} else {
		b = append(b, `]}}}}`...)
	}
	return b, rows.Err()
}
