package registrant

import "time"

// Spell spells a name.
func (n NameCase) Spell(name string) string { return n.spell(name) }

// MaxSpent bounds how many signatures a client remembers.
const MaxSpent = maxSpent

// FillSpent makes a client remember n signatures until then.
func (c *Client) FillSpent(n int, until func(i int) int64) {
	for i := range n {
		var key [32]byte
		key[0], key[1], key[2] = byte(i), byte(i>>8), byte(i>>16)
		c.spent.m[key] = unixTime(until(i))
	}
}

func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0) }
