package orderfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FrameType says what a frame is for.
type FrameType byte

// The types. A and N answer the M or C that has the same exchange number.
const (
	FrameConnect   FrameType = 'C'
	FrameMessage   FrameType = 'M'
	FrameAccepted  FrameType = 'A' // stored; not that a file was changed
	FrameRefused   FrameType = 'N' // not stored
	FrameHeartbeat FrameType = 'H'
)

const (
	// MaxFrame is the greatest length of type, exchange number and body.
	MaxFrame    = 65_536
	frameLength = 4 // the length itself
	frameHead   = 5 // type and exchange number
)

// What is wrong with a frame. After either the stream cannot be trusted.
var (
	ErrFrameTooLong = errors.New("the frame is too long")
	ErrBadFrame     = errors.New("not a frame")
)

// Frame is what travels: a length (uint32, big endian, of what follows), a
// type, an exchange number (uint32), and a body in upper-case ASCII.
type Frame struct {
	Type     FrameType
	Exchange uint32
	Body     []byte
}

// Append adds the frame as it travels to b. It refuses what a strict reader
// would refuse, and what would be longer than limit.
func (f Frame) Append(b []byte, limit int) ([]byte, error) {
	if err := f.check(); err != nil {
		return b, err
	}
	n := frameHead + len(f.Body)
	if n > limit {
		return b, fmt.Errorf("%w: %d bytes, at most %d", ErrFrameTooLong, n, limit)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	b = append(b, byte(f.Type))
	b = binary.BigEndian.AppendUint32(b, f.Exchange)
	return append(b, f.Body...), nil
}

// ReadFrame reads one frame of at most limit bytes. [io.EOF] means that the
// stream ended between two frames; an end inside one is
// [io.ErrUnexpectedEOF]. Memory is taken only after the length was checked.
func ReadFrame(r io.Reader, limit int) (Frame, error) {
	var length [frameLength]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return Frame{}, err
	}
	n := binary.BigEndian.Uint32(length[:])
	switch {
	case n < frameHead:
		return Frame{}, fmt.Errorf("%w: length %d", ErrBadFrame, n)
	case uint64(n) > uint64(limit):
		return Frame{}, fmt.Errorf("%w: %d bytes, at most %d", ErrFrameTooLong, n, limit)
	}
	rest := make([]byte, n)
	if _, err := io.ReadFull(r, rest); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return Frame{}, err
	}
	f := Frame{Type: FrameType(rest[0]), Exchange: binary.BigEndian.Uint32(rest[1:frameHead]), Body: rest[frameHead:]}
	return f, f.check()
}

func (f Frame) check() error {
	switch f.Type {
	case FrameAccepted, FrameHeartbeat:
		if len(f.Body) > 0 {
			return fmt.Errorf("%w: a body in a frame of type %c", ErrBadFrame, f.Type)
		}
	case FrameConnect, FrameMessage, FrameRefused:
	default:
		return fmt.Errorf("%w: type %#02x", ErrBadFrame, byte(f.Type))
	}
	for _, c := range f.Body {
		if c < ' ' || c > '~' || c >= 'a' && c <= 'z' {
			return fmt.Errorf("%w: byte %#02x in the body", ErrBadFrame, c)
		}
	}
	return nil
}
