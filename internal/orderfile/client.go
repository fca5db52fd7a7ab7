package orderfile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Client speaks with the switch in our words: updates, inquiries, answers.
type Client struct {
	link     Link
	profile  Profile
	timeout  time.Duration
	log      *slog.Logger
	onAnswer func(context.Context, Answer) error

	mu      sync.Mutex
	waiting map[ControlNumber]chan Answer
	asked   recent // inquiries whose answers nobody waits for any more
}

// ClientOptions are the options of a [Client].
type ClientOptions struct {
	Profile Profile
	// InquiryTimeout is how long both files may take to answer an inquiry. 60 s.
	InquiryTimeout time.Duration
	Log            *slog.Logger
}

// ErrNoAnswer says that not every file answered an inquiry in time.
var ErrNoAnswer = errors.New("no answer to the inquiry")

// NewClient makes a client of a link. [Client.OnAnswer] comes next, then
// [Client.Run].
func NewClient(link Link, o ClientOptions) *Client {
	if o.InquiryTimeout == 0 {
		o.InquiryTimeout = 60 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Client{link: link, profile: o.Profile, timeout: o.InquiryTimeout, log: o.Log, waiting: map[ControlNumber]chan Answer{}}
}

// OnAnswer sets who takes the answers. It returns nil once the answer is
// committed: the switch then forgets it. Until then the switch keeps it and
// offers it again, so the same answer can come more than once, even to another
// process. Two answers to one control number are never taken at once, but
// Answer.At, not the order, tells which of them is the file's newest word. An
// answer can come before Send has returned. It is called before Run.
func (c *Client) OnAnswer(take func(context.Context, Answer) error) { c.onAnswer = take }

// Run keeps the link up until ctx ends; then it returns nil. Whoever sends
// must have stopped before: what waits for A when the link goes is unknown.
func (c *Client) Run(ctx context.Context) error {
	if c.onAnswer == nil {
		return errors.New("run the order-file client: nobody takes its answers")
	}
	return c.link.Run(ctx, c.receive)
}

// Send tells the switch (§3(e)). Nil means that the switch has stored the
// update; what the files make of it comes as answers. An error is one of
//
//   - [*FieldError]: it cannot be written; a person corrects the data.
//   - [*Refused]: the switch did not take it; see its code.
//   - [ErrNotSent], as both of the above are too: try again later.
//   - [ErrUnknown]: reconcile first.
func (c *Client) Send(ctx context.Context, u Update) error {
	body, err := c.profile.Encode(u)
	if err != nil {
		return fmt.Errorf("write the update %s: %w", u.ControlNumber, err)
	}
	if err := c.link.Send(ctx, body); err != nil {
		return fmt.Errorf("send the update %s: %w", u.ControlNumber, err)
	}
	return nil
}

// Inquire asks the files what they hold and waits for all asked. It changes
// nothing, so it can always be repeated. With [ErrNoAnswer] come the records
// that did arrive; [Reconcile] takes either. A file that refuses for another
// reason than "not on file" is a [*Refused].
func (c *Client) Inquire(ctx context.Context, q Inquiry) ([]Record, error) {
	if q.ControlNumber == "" {
		q.ControlNumber = NewControlNumber()
	}
	if len(q.Files) == 0 {
		q.Files = []File{StateFile, NationalFile}
	}
	body, err := c.profile.EncodeInquiry(q)
	if err != nil {
		return nil, fmt.Errorf("write the inquiry %s: %w", q.ControlNumber, err)
	}
	answers := make(chan Answer, window)
	c.mu.Lock()
	c.waiting[q.ControlNumber] = answers
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, q.ControlNumber)
		c.asked.add(q.ControlNumber)
		c.mu.Unlock()
	}()

	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	sent := make(chan error, 1)
	go func() { sent <- c.link.Send(ctx, body) }() // cancel ends it: an answer is worth more than A
	return c.await(ctx, q, answers, sent)
}

func (c *Client) await(ctx context.Context, q Inquiry, answers <-chan Answer, sent <-chan error) ([]Record, error) {
	var records []Record
	for missing := slices.Clone(q.Files); len(missing) > 0; {
		select {
		case a := <-answers:
			i := slices.Index(missing, a.File)
			switch {
			case i < 0: // a repeat, or a file that was not asked for
				continue
			case a.Kind == RecordShown:
				records = append(records, *a.Record)
			case a.Code == NotOnFile:
				records = append(records, Record{File: a.File, RecordNumber: q.RecordNumber, Raw: a.Raw})
			default:
				return records, fmt.Errorf("inquire %s at %s: %w", q.ControlNumber, a.File, &Refused{Code: a.Code, Text: a.Text})
			}
			missing = slices.Delete(missing, i, i+1)
		case err := <-sent:
			// Without A the answers may still come; without a connection not.
			if errors.Is(err, ErrNotSent) {
				return records, fmt.Errorf("send the inquiry %s: %w", q.ControlNumber, err)
			}
			sent = nil
		case <-ctx.Done():
			return records, fmt.Errorf("inquire %s: %w from %v: %w", q.ControlNumber, ErrNoAnswer, missing, ctx.Err())
		}
	}
	return records, nil
}

// receive takes every message of the switch. What answers no inquiry of ours
// goes to the handler, even if it cannot be read: it must be kept and seen, not
// lost. What it says is in no log: it can name people.
func (c *Client) receive(ctx context.Context, body []byte) error {
	a, err := c.profile.ParseAnswer(body)
	if err != nil {
		c.log.ErrorContext(ctx, "an answer of the order-file switch cannot be read", "bytes", len(body))
		a.Text = err.Error()
	}
	if a.Kind == RecordShown || a.Kind == Rejected {
		c.mu.Lock()
		answers, ok := c.waiting[a.ControlNumber]
		late := c.asked.known[a.ControlNumber]
		c.mu.Unlock()
		switch {
		case late:
			return nil // an inquiry changes nothing and is made again
		case ok:
			select {
			case answers <- a:
			default: // far more answers than files: repeats
			}
			return nil
		}
	}
	if err := c.onAnswer(ctx, a); err != nil {
		return fmt.Errorf("take the answer to %q: %w", a.ControlNumber, err)
	}
	return nil
}

// recent remembers the last control numbers added.
type recent struct {
	known map[ControlNumber]bool
	ring  []ControlNumber
	next  int
}

const recentRoom = 4096

func (r *recent) add(n ControlNumber) {
	if r.known == nil {
		r.known, r.ring = map[ControlNumber]bool{}, make([]ControlNumber, recentRoom)
	}
	delete(r.known, r.ring[r.next])
	r.known[n], r.ring[r.next] = true, n
	r.next = (r.next + 1) % recentRoom
}
