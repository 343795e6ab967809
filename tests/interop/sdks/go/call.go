// Calls by the AWS SDK for Go v2: a JSON list on standard input names them, a JSON list on standard output says what came of each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

type call struct {
	Service   string
	Operation string
	Input     json.RawMessage
}

type refusal struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Modelled bool   `json:"modelled"`
	Status   int    `json:"status"`
}

type outcome struct {
	Answer any      `json:"answer,omitempty"`
	Error  *refusal `json:"error,omitempty"`
}

func main() {
	var calls []call
	if err := json.NewDecoder(os.Stdin).Decode(&calls); err != nil {
		fail(err)
	}
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx, config.WithRetryMaxAttempts(1))
	if err != nil {
		fail(err)
	}
	clients := map[string]any{"sts": sts.NewFromConfig(settings), "iam": iam.NewFromConfig(settings)}
	outcomes := make([]outcome, 0, len(calls))
	for _, each := range calls {
		outcomes = append(outcomes, made(ctx, clients[each.Service], each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcomes); err != nil {
		fail(err)
	}
}

// made calls the client's method of the operation's name.
func made(ctx context.Context, client any, each call) outcome {
	method := reflect.ValueOf(client).MethodByName(each.Operation)
	input := reflect.New(method.Type().In(1).Elem())
	if err := json.Unmarshal(each.Input, input.Interface()); err != nil {
		fail(err)
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), input})
	if err, _ := results[1].Interface().(error); err != nil {
		return outcome{Error: told(err)}
	}
	return outcome{Answer: results[0].Interface()}
}

// told says what the SDK makes of an error; one of its own types is a modelled exception.
func told(err error) *refusal {
	found := &refusal{Message: err.Error()}
	var api smithy.APIError
	if errors.As(err, &api) {
		_, generic := api.(*smithy.GenericAPIError)
		found.Code, found.Message, found.Modelled = api.ErrorCode(), api.ErrorMessage(), !generic
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		found.Status = response.HTTPStatusCode()
	}
	return found
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
