//go:build tools

// Package tools names the command that the local cluster builds from github.com/tsenart/vegeta.
package tools

import _ "github.com/tsenart/vegeta/v12"
