package registry_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// §3(d): how an agency is reached.
func TestAnAgencysChannels(t *testing.T) {
	fax, mail, spool := terms.ChannelFax, terms.ChannelMail, terms.ChannelSpool
	type ways = []registry.Way
	for name, x := range map[string]struct {
		in   ways
		want ways
		code registry.Code
		path string
	}{
		"in order":                  {ways{{fax, "(860) 555-0100"}, {mail, " dispatch@police.example.org "}, {spool, ""}}, ways{{fax, "860-555-0100"}, {mail, "dispatch@police.example.org"}, {spool, ""}}, "", ""},
		"a number with country":     {ways{{fax, "+1 860.555.0100"}, {spool, ""}}, ways{{fax, "860-555-0100"}, {spool, ""}}, "", ""},
		"none":                      {nil, nil, registry.BadContact, "input channels"},
		"too many":                  {make(ways, 11), nil, registry.BadContact, "input channels"},
		"a spool with an address":   {ways{{spool, "/tmp"}}, nil, registry.BadContact, "input channels 0 address"},
		"a fax without a number":    {ways{{spool, ""}, {fax, ""}}, nil, registry.BadContact, "input channels 1 address"},
		"seven digits":              {ways{{spool, ""}, {fax, "555-0100"}}, nil, registry.BadContact, "input channels 1 address"},
		"an emergency number":       {ways{{spool, ""}, {fax, "911-555-0100"}}, nil, registry.BadContact, "input channels 1 address"},
		"an exchange of 1":          {ways{{spool, ""}, {fax, "860-155-0100"}}, nil, registry.BadContact, "input channels 1 address"},
		"another country":           {ways{{spool, ""}, {fax, "+44 860 555 0100"}}, nil, registry.BadContact, "input channels 1 address"},
		"letters":                   {ways{{spool, ""}, {fax, "860-555-POLI"}}, nil, registry.BadContact, "input channels 1 address"},
		"digits of another script":  {ways{{spool, ""}, {fax, "８60-555-0100"}}, nil, registry.BadContact, "input channels 1 address"},
		"no mail address":           {ways{{spool, ""}, {mail, "dispatch"}}, nil, registry.BadContact, "input channels 1 address"},
		"a mail address and a name": {ways{{spool, ""}, {mail, "Dispatch <d@police.example.org>"}}, nil, registry.BadContact, "input channels 1 address"},
		"a host without a domain":   {ways{{spool, ""}, {mail, "d@localhost"}}, nil, registry.BadContact, "input channels 1 address"},
		"a switch":                  {ways{{terms.ChannelSwitch, ""}}, nil, registry.BadContact, "input channels 0 kind"},
		"twice":                     {ways{{spool, ""}, {spool, ""}}, nil, registry.BadContact, "input channels 1"},
		"none that can be sent by":  {ways{{fax, "860-555-0100"}}, nil, registry.BadContact, "input channels"},
		"a control character":       {ways{{spool, "a\x00b"}}, nil, registry.BadText, "input channels 0 address"},
		"too long":                  {ways{{mail, strings.Repeat("a", 200) + "@b.c"}}, nil, registry.TooLong, "input channels 0 address"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, storetest.SQLite(t))
			id := o.Agency("Avon Police Department")
			done, err := o.desk.SetAgencyContact(t.Context(), o.As("registry1"), registry.Contact{Agency: id, Channels: x.in})
			o.check(err)
			if x.code != "" {
				if done.Refusal == nil || done.Refusal.Code != x.code || strings.Join(done.Refusal.Path, " ") != x.path {
					t.Errorf("answered %+v", done.Refusal)
				}
				return
			}
			if done.Refusal != nil {
				t.Fatalf("refused: %+v", done.Refusal)
			}
			var got ways
			for _, c := range o.Reference.Channels(id) { // known at once
				got = append(got, registry.Way{Kind: c.Kind, Address: c.Address})
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("kept is %v, want %v", got, x.want)
			}
		})
	}
}

// A contact that was set has its record, with before and after; set again it is
// none. Two at once leave one of the two lists, whole.
func TestSettingAContactLeavesItsTrace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		id := o.Agency("Avon Police Department")
		set := func(ways ...registry.Way) {
			t.Helper()
			done, err := o.desk.SetAgencyContact(context.Background(), o.As("manager1"), registry.Contact{Agency: id, Channels: ways})
			if err != nil || done.Refusal != nil {
				t.Errorf("%+v, %v", done.Refusal, err)
			}
		}
		spool, fax := registry.Way{Kind: terms.ChannelSpool}, registry.Way{Kind: terms.ChannelFax, Address: "860-555-0100"}
		set(spool) // as it is
		if n := len(o.records(id, terms.AgencyContactSet)); n != 0 {
			t.Errorf("what changes nothing has %d records", n)
		}
		set(fax, spool)
		set(fax, spool)
		records := o.records(id, terms.AgencyContactSet)
		var facts struct{ Before, After []registry.Way }
		if len(records) != 1 {
			t.Fatalf("%d records", len(records))
		}
		o.check(json.Unmarshal(records[0].Facts, &facts))
		if !slices.Equal(facts.Before, []registry.Way{spool}) || !slices.Equal(facts.After, []registry.Way{fax, spool}) || records[0].Actor != "manager1" {
			t.Errorf("the record tells %+v", facts)
		}
		// The notices go by that order.
		kinds, err := lawenforcement.ByContact(o.Reference)(o.System(), &ent.Delivery{RecipientKind: terms.ToAgency, AgencyID: &id})
		if err != nil || !slices.Equal(kinds, []terms.ChannelKind{terms.ChannelFax, terms.ChannelSpool}) {
			t.Errorf("the channels are %v, %v", kinds, err)
		}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if i%2 == 0 {
					set(spool)
				} else {
					set(spool, fax)
				}
			})
		}
		all.Wait()
		var last struct{ Before, After []registry.Way }
		for _, r := range s.Client.JournalRecord.Query().Where(journalrecord.AboutID(id)).Order(journalrecord.ByID()).AllX(o.System()) {
			o.check(json.Unmarshal(r.Facts, &last))
			if slices.Equal(last.Before, last.After) {
				t.Errorf("a record of no change: %+v", last)
			}
		}
		if n := len(o.Reference.Channels(id)); n != 1 && n != 2 {
			t.Errorf("%d channels", n)
		}
		done, err := o.desk.SetAgencyContact(context.Background(), o.As("registry1"), registry.Contact{Agency: terms.NewID(terms.AgencyPrefix), Channels: []registry.Way{spool}})
		if err != nil || done.Refusal == nil || done.Refusal.Code != registry.AgencyNotFound {
			t.Errorf("no such agency: %+v, %v", done, err)
		}
	})
}

// §3(d): what failed for want of a channel is retried once there is one, and
// begins with the first.
func TestARetryBeginsWithTheFirstChannel(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.served(feed.Registry{OrderNumber: "PO"})
	d := o.put(terms.ToAgency, terms.Failed)
	if code := o.does(retry, "registry1", d); code != "" {
		t.Fatal(code)
	}
	if now := o.now(d); now.Channel != nil || now.NextAt.After(o.Clock.Now()) {
		t.Errorf("it goes by %v, at %v", now.Channel, now.NextAt)
	}
}

// §6(c), §4(b): what a person has seen to leaves the board, once.
func TestAReviewIsMadeOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.served(feed.Registry{OrderNumber: "PO"})
		reviews := func(who, note string) *ent.Review {
			t.Helper()
			done, err := o.desk.ReviewActivity(context.Background(), o.As(who), registry.SeenTo{Activity: o.service.ID, Note: note})
			o.check(err)
			if done.Refusal != nil {
				t.Fatalf("refused: %+v", done.Refusal)
			}
			return done.Review
		}
		first := reviews("registry1", " called the officer ")
		if first.Note != "called the officer" || first.ReviewedByName != "registry1" || !first.ReviewedAt.After(o.service.RecordedAt) {
			t.Errorf("the review is %+v", first)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if again := reviews("manager1", "me too"); again.ID != first.ID {
					t.Errorf("again: %+v", again)
				}
			})
		}
		all.Wait()
		if n := len(o.records(o.service.ID, terms.ActivityReviewed)); n != 1 {
			t.Errorf("%d records", n)
		}
		for note, want := range map[string]registry.Code{strings.Repeat("x", 2001): registry.TooLong, "\a": registry.BadText, "": registry.ActivityNotFound} {
			done, err := o.desk.ReviewActivity(context.Background(), o.As("registry1"), registry.SeenTo{Activity: terms.NewID(terms.ActivityPrefix), Note: note})
			if err != nil || done.Refusal == nil || done.Refusal.Code != want {
				t.Errorf("%.10q: %+v, %v", note, done.Refusal, err)
			}
		}
		o.Consistent()
	})
}
