package replay

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Dir returns the directory that is recorded into.
func (rec *Recorder) Dir() string { return rec.dir }

// Resign puts cms, a signature that somebody has made anew, into x.Answer, where the Recorder has put what stands for a
// dropped one. It writes no file. It refuses an answer without that, and a signature in which anything is found that the
// Recorder had to replace, in any exchange until now.
//
// public are values that stand in the place of others. What is part of one of them is not looked for: a person may have
// signed the very text that stands for texts.
func (rec *Recorder) Resign(x *Exchange, cms []byte, public ...string) error {
	root, err := x.form().parse(x.Answer)
	if err != nil {
		return fmt.Errorf("replay: %s: %w", x.AnswerFile(), err)
	}
	err = errors.New("there is no signature in it that was replaced")
	root.each(func(at place, value *string) {
		if at.is(signatureName) && *value == replacedSignature {
			*value, err = base64.StdEncoding.EncodeToString(cms), nil
		}
	})
	c := rec.canary(public)
	if err == nil {
		err = c.check(root)
	}
	if err == nil && c.sings(string(cms), false) {
		err = errSurvived // check lets pass what a person's own signature must hold
	}
	if err != nil {
		return fmt.Errorf("replay: %s: %w", x.AnswerFile(), err)
	}
	x.Answer, err = x.form().encode(root)
	return err
}

// Check is the Recorder's last look before writing, for what somebody else writes beside the exchanges: at the values of
// a JSON document, or at anything else as it is. Its error names neither value nor place. public is that of Resign.
func (rec *Recorder) Check(content []byte, public ...string) error {
	c := rec.canary(public)
	root, err := parseJSON(content)
	if err != nil {
		root = &node{kind: isString, text: string(content)}
	}
	err = nil
	root.values(func(_ place, value string) {
		if c.sings(value, false) {
			err = fmt.Errorf("replay: %w", errSurvived)
		}
	})
	return err
}

// canary returns what must be in no file, but for what is public.
func (rec *Recorder) canary(public []string) *canary {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	isPublic := func(v canaryValue) bool {
		return slices.ContainsFunc(public, func(p string) bool { return strings.Contains(p, v.text) })
	}
	return &canary{values: slices.DeleteFunc(slices.Clone(rec.scrub.canary.values), isPublic)}
}
