package terms

// Value is what the pointer points at; of nil, the zero value.
func Value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
