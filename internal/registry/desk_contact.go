package registry

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencychannel"
	"github.com/service-tracking/sts/ent/lawenforcementagency"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// maxChannels is how many ways to reach one agency are kept.
const maxChannels = 10

// maxAddress is the longest address that is kept, in characters.
const maxAddress = 200

// Contact is the ways to reach an agency, the first to be tried first. They
// replace all that there were.
type Contact struct {
	Agency   terms.ID
	Channels []Way
}

// Way is one channel to an agency. A fax number is kept as 860-555-0100.
type Way struct {
	Kind    terms.ChannelKind `json:"kind"`
	Address string            `json:"address,omitempty"`
}

// ContactSet is the agency whose contact was set, or why it was not.
type ContactSet struct {
	Agency  *ent.LawEnforcementAgency
	Refusal *Refusal
}

// SetAgencyContact says how an agency is reached (§3(d)). What failed for want
// of a channel can be retried then. This process knows the channels when it
// returns, others within the minute in which they read the tables again. An
// error after the commit means that this one does not know them yet; asked
// again, it reads them again.
func (d *Desk) SetAgencyContact(ctx context.Context, v *access.Viewer, in Contact) (ContactSet, error) {
	ctx, err := system(ctx, v, typed{in.Agency, terms.AgencyPrefix})
	if err != nil {
		return ContactSet{}, err
	}
	after, refusal := d.clean(in.Channels)
	if refusal != nil {
		return ContactSet{Refusal: refusal}, nil
	}
	var agency *ent.LawEnforcementAgency
	var changed bool
	err = d.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		agency, changed, err = d.replace(ctx, tx, v, in.Agency, after)
		return err
	})
	refusal, err = d.done(changed, err)
	if err != nil {
		return ContactSet{}, fmt.Errorf("setting how an agency is reached: %w", err)
	}
	if refusal != nil {
		return ContactSet{Refusal: refusal}, nil
	}
	return ContactSet{Agency: agency.Unwrap()}, d.Reference.Reload(ctx)
}

// replace writes the channels of an agency, whose row is the lock.
func (d *Desk) replace(ctx context.Context, tx *ent.Tx, v *access.Viewer, id terms.ID, after []Way) (*ent.LawEnforcementAgency, bool, error) {
	lock := tx.LawEnforcementAgency.Update().Where(lawenforcementagency.ID(id)).
		Modify(func(u *sql.UpdateBuilder) {
			u.Set(lawenforcementagency.FieldName, sql.Expr(lawenforcementagency.FieldName))
		})
	if err := lock.Exec(ctx); err != nil {
		return nil, false, fmt.Errorf("locking the agency: %w", err)
	}
	agency, err := tx.LawEnforcementAgency.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, false, refused{refuse(AgencyNotFound, noAgency, "agencyId")}
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading the agency: %w", err)
	}
	rows, err := tx.AgencyChannel.Query().Where(agencychannel.AgencyID(id)).Order(agencychannel.ByRank()).All(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("reading how the agency is reached: %w", err)
	}
	before := make([]Way, len(rows))
	for i, row := range rows {
		before[i] = Way{row.Kind, row.Address}
	}
	if slices.Equal(before, after) {
		return agency, false, nil
	}
	if _, err := tx.AgencyChannel.Delete().Where(agencychannel.AgencyID(id)).Exec(ctx); err != nil {
		return nil, false, fmt.Errorf("taking the old channels away: %w", err)
	}
	created := make([]*ent.AgencyChannelCreate, len(after))
	for i, way := range after {
		created[i] = tx.AgencyChannel.Create().SetAgencyID(id).SetRank(i + 1).SetKind(way.Kind).SetAddress(way.Address)
	}
	if err := tx.AgencyChannel.CreateBulk(created...).Exec(ctx); err != nil {
		return nil, false, fmt.Errorf("writing the new channels: %w", err)
	}
	return agency, true, journal.Append(ctx, tx, journal.Entry{
		Kind: terms.AgencyContactSet, About: id, Account: v.Account, Actor: v.DisplayName, At: terms.Micro(d.Clock()),
		Facts: struct {
			Before []Way `json:"before"`
			After  []Way `json:"after"`
		}{before, after},
	})
}

const noAgency = "There is no law enforcement agency with this id. Choose one from lawEnforcementAgencies."

// clean brings the channels to the form that is kept.
func (d *Desk) clean(channels []Way) ([]Way, *Refusal) {
	switch {
	case len(channels) == 0:
		return nil, refuse(BadContact, "Give at least one channel: an agency that cannot be reached is not told.", "channels")
	case len(channels) > maxChannels:
		return nil, refuse(BadContact, fmt.Sprintf("Give at most %d channels.", maxChannels), "channels")
	}
	var kept []Way
	for i, way := range channels {
		at := []string{"channels", strconv.Itoa(i)}
		address, err := terms.CleanText(way.Address, maxAddress, false)
		switch {
		case errors.Is(err, terms.ErrTooLong):
			return nil, refuse(TooLong, fmt.Sprintf("This address is too long: at most %d characters are kept.", maxAddress), append(at, "address")...)
		case err != nil:
			return nil, refuse(BadText, "This address "+err.Error()+". Type it again without it.", append(at, "address")...)
		}
		address, field, wrong := checked(way.Kind, address)
		if wrong != "" {
			return nil, refuse(BadContact, wrong, append(at, field)...)
		}
		way.Address = address
		if slices.Contains(kept, way) {
			return nil, refuse(BadContact, "This channel stands in the list twice. Name it once.", at...)
		}
		kept = append(kept, way)
	}
	if !slices.ContainsFunc(kept, func(w Way) bool { return slices.Contains(d.Channels, w.Kind) }) {
		return nil, refuse(BadContact, fmt.Sprintf("This installation can send by none of these channels, so the agency would not be told. Add one of: %s.", words(d.Channels)), "channels")
	}
	return kept, nil
}

// checked is the address as its kind of channel wants it, or which field is
// wrong, and why.
func checked(kind terms.ChannelKind, address string) (kept, field, wrong string) {
	switch kind {
	case terms.ChannelSpool:
		if address != "" {
			return "", "address", "A spool has no address: leave it out."
		}
		return "", "", ""
	case terms.ChannelFax:
		if number, ok := faxNumber(address); ok {
			return number, "", ""
		}
		return "", "address", "This is no fax number. Give area code and number, ten digits, such as 860-555-0100, without an extension."
	case terms.ChannelMail:
		parsed, err := mail.ParseAddress(address)
		if err != nil || parsed.Address != address || !ascii(address) || !strings.Contains(address[strings.LastIndexByte(address, '@'):], ".") {
			return "", "address", "This is no mail address. Give it alone, such as dispatch@police.example.org."
		}
		return address, "", ""
	}
	return "", "kind", "Agencies are reached by SPOOL, FAX or MAIL."
}

// faxNumber reads a number of the North American Numbering Plan: area code and
// exchange begin with 2 to 9, and neither is a service code such as 911.
func faxNumber(s string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()", r) {
			return -1
		}
		return r
	}, s)
	digits, plus := strings.CutPrefix(digits, "+")
	digits, one := strings.CutPrefix(digits, "1")
	if len(digits) != 10 || strings.Trim(digits, "0123456789") != "" || plus && !one {
		return "", false
	}
	for _, part := range []string{digits[:3], digits[3:6]} {
		if part[0] < '2' || part[1:] == "11" {
			return "", false
		}
	}
	return digits[:3] + "-" + digits[3:6] + "-" + digits[6:], true
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' })
}

func words(kinds []terms.ChannelKind) string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = string(k)
	}
	return strings.Join(all, ", ")
}
