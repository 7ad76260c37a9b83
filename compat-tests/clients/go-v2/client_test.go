// SPDX-License-Identifier: Apache-2.0

// AWS SDK for Go v2: the client, its waiters and paginators, the expression builder, and structs as items.
package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

const (
	indexName = "message-group-sk-index"
	pk        = "MSG#group-1"
)

// Message is an item of a conversation.
type Message struct {
	PK      string            `dynamodbav:"pk"`
	SK      string            `dynamodbav:"sk"`
	Message string            `dynamodbav:"message"`
	Group   string            `dynamodbav:"message_group_uuid,omitempty"`
	Edits   int               `dynamodbav:"edits,omitempty"`
	Tags    []string          `dynamodbav:"tags,stringset,omitempty"`
	Bytes   []byte            `dynamodbav:"bytes,omitempty"`
	More    map[string]string `dynamodbav:"more,omitempty"`
	Expires *time.Time        `dynamodbav:"expires,unixtime,omitempty"`
}

func at(n int) string { return fmt.Sprintf("2026-03-01T00:%02d:00.000000+00:00", n) }

func message(n int) Message { return Message{PK: pk, SK: at(n), Message: fmt.Sprintf("text %d", n)} }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, found, wanted any) {
	t.Helper()
	if !reflect.DeepEqual(found, wanted) {
		t.Fatalf("found  %#v\nwanted %#v", found, wanted)
	}
}

func marshal(t *testing.T, value any) map[string]types.AttributeValue {
	t.Helper()
	item, err := attributevalue.MarshalMap(value)
	check(t, err)
	return item
}

func keyOf(n int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"pk": &types.AttributeValueMemberS{Value: pk}, "sk": &types.AttributeValueMemberS{Value: at(n)}}
}

func texts(t *testing.T, items []map[string]types.AttributeValue) []string {
	t.Helper()
	var found []Message
	check(t, attributevalue.UnmarshalListOfMaps(items, &found))
	result := []string{}
	for _, one := range found {
		result = append(result, one.Message)
	}
	return result
}

func wantedTexts(numbers ...int) []string {
	result := []string{}
	for _, n := range numbers {
		result = append(result, fmt.Sprintf("text %d", n))
	}
	return result
}

func configuration(t *testing.T) aws.Config {
	t.Helper()
	found, err := config.LoadDefaultConfig(context.Background(), config.WithRetryMaxAttempts(1))
	check(t, err)
	return found
}

func connect(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(configuration(t), func(o *dynamodb.Options) { o.BaseEndpoint = aws.String(os.Getenv("ENDPOINT")) })
}

func keys(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sort), KeyType: types.KeyTypeRange}}
}

// createMessages makes Cruddur's table under a name of the test's own, and deletes it after the test.
func createMessages(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	ctx := context.Background()
	units := &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(5)}
	definitions := []types.AttributeDefinition{}
	for _, attribute := range []string{"pk", "sk", "message_group_uuid"} {
		definitions = append(definitions, types.AttributeDefinition{
			AttributeName: aws.String(attribute), AttributeType: types.ScalarAttributeTypeS})
	}
	_, err := client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: &name, AttributeDefinitions: definitions, KeySchema: keys("pk", "sk"), ProvisionedThroughput: units,
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(indexName), KeySchema: keys("message_group_uuid", "sk"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}, ProvisionedThroughput: units}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage},
		Tags:                []types.Tag{{Key: aws.String("application"), Value: aws.String("cruddur")}},
	})
	check(t, err)
	table := &dynamodb.DescribeTableInput{TableName: &name}
	check(t, dynamodb.NewTableExistsWaiter(client).Wait(ctx, table, 30*time.Second))
	t.Cleanup(func() {
		_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})
		check(t, err)
		check(t, dynamodb.NewTableNotExistsWaiter(client).Wait(ctx, table, 30*time.Second))
		_, err = client.DescribeTable(ctx, table)
		var missing *types.ResourceNotFoundException
		if !errors.As(err, &missing) {
			t.Fatalf("not a ResourceNotFoundException: %v", err)
		}
	})
}

func put(t *testing.T, client *dynamodb.Client, table string, items ...any) {
	t.Helper()
	for _, item := range items {
		_, err := client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: &table, Item: marshal(t, item)})
		check(t, err)
	}
}

func build(t *testing.T, builder expression.Builder) expression.Expression {
	t.Helper()
	built, err := builder.Build()
	check(t, err)
	return built
}

func TestQueriesOfTheExpressionBuilder(t *testing.T) {
	client, table, ctx := connect(t), "go-queries", context.Background()
	createMessages(t, client, table)
	requests := []types.WriteRequest{}
	for n := 1; n <= 25; n++ {
		requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: marshal(t, message(n))}})
	}
	batch, err := client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: requests}})
	check(t, err)
	equal(t, len(batch.UnprocessedItems), 0)

	thisYear := build(t, expression.NewBuilder().WithKeyCondition(
		expression.Key("pk").Equal(expression.Value(pk)).And(expression.Key("sk").BeginsWith("2026"))))
	newest, err := client.Query(ctx, &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: thisYear.KeyCondition(), ExpressionAttributeNames: thisYear.Names(),
		ExpressionAttributeValues: thisYear.Values(), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(20),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	check(t, err)
	equal(t, newest.Count, int32(20))
	equal(t, texts(t, newest.Items)[0], "text 25")
	equal(t, newest.LastEvaluatedKey, keyOf(6))
	equal(t, *newest.ConsumedCapacity.CapacityUnits, 0.5)

	between := build(t, expression.NewBuilder().
		WithKeyCondition(expression.Key("pk").Equal(expression.Value(pk)).
			And(expression.Key("sk").Between(expression.Value(at(5)), expression.Value(at(8))))).
		WithFilter(expression.Name("message").NotEqual(expression.Value("text 6"))).
		WithProjection(expression.NamesList(expression.Name("message"))))
	found, err := client.Query(ctx, &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: between.KeyCondition(), FilterExpression: between.Filter(),
		ProjectionExpression: between.Projection(), ExpressionAttributeNames: between.Names(), ExpressionAttributeValues: between.Values()})
	check(t, err)
	equal(t, texts(t, found.Items), wantedTexts(5, 7, 8))
	equal(t, len(found.Items[0]), 1)
	equal(t, found.ScannedCount, int32(4))
}

func TestPaginators(t *testing.T) {
	client, table, ctx := connect(t), "go-pages", context.Background()
	createMessages(t, client, table)
	wanted := []int{}
	for n := 1; n <= 10; n++ {
		put(t, client, table, message(n))
		wanted = append(wanted, n)
	}
	all := build(t, expression.NewBuilder().WithKeyCondition(expression.Key("pk").Equal(expression.Value(pk))))
	pages, found := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: all.KeyCondition(), ExpressionAttributeNames: all.Names(),
		ExpressionAttributeValues: all.Values(), Limit: aws.Int32(4)}), []string{}
	sizes := []int{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		check(t, err)
		sizes, found = append(sizes, len(page.Items)), append(found, texts(t, page.Items)...)
	}
	equal(t, sizes, []int{4, 4, 2})
	equal(t, found, wantedTexts(wanted...))

	put(t, client, table, Message{PK: "GRP#andrew", SK: at(1), Group: "group-1"}, Message{PK: "GRP#bayko", SK: at(1), Group: "group-1"})
	scan, owners := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
		TableName: &table, IndexName: aws.String(indexName), Limit: aws.Int32(1)}), []string{}
	for scan.HasMorePages() {
		page, err := scan.NextPage(ctx)
		check(t, err)
		for _, item := range page.Items {
			owners = append(owners, item["pk"].(*types.AttributeValueMemberS).Value)
		}
	}
	slices.Sort(owners)
	equal(t, owners, []string{"GRP#andrew", "GRP#bayko"})

	tables := []string{}
	names := dynamodb.NewListTablesPaginator(client, &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
	for names.HasMorePages() {
		page, err := names.NextPage(ctx)
		check(t, err)
		tables = append(tables, page.TableNames...)
	}
	equal(t, tables, []string{table})
}

func TestConditions(t *testing.T) {
	client, table, ctx := connect(t), "go-conditions", context.Background()
	createMessages(t, client, table)
	put(t, client, table, message(1))
	change := build(t, expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("message"), expression.Value("new")).Add(expression.Name("edits"), expression.Value(1))).
		WithCondition(expression.Name("message").Equal(expression.Value("text 1"))))
	update := &dynamodb.UpdateItemInput{
		TableName: &table, Key: keyOf(1), UpdateExpression: change.Update(), ConditionExpression: change.Condition(),
		ExpressionAttributeNames: change.Names(), ExpressionAttributeValues: change.Values(), ReturnValues: types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}
	changed, err := client.UpdateItem(ctx, update)
	check(t, err)
	wanted := Message{PK: pk, SK: at(1), Message: "new", Edits: 1}
	var found Message
	check(t, attributevalue.UnmarshalMap(changed.Attributes, &found))
	equal(t, found, wanted)

	// aws-sdk-go-v2 #2600: DynamoDB Local leaves the item out on UpdateItem.
	_, err = client.UpdateItem(ctx, update)
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("not a ConditionalCheckFailedException: %v", err)
	}
	equal(t, failed.ErrorMessage(), "The conditional request failed")
	equal(t, failed.Item, marshal(t, wanted))
}

func TestTransactions(t *testing.T) {
	client, table, ctx := connect(t), "go-transactions", context.Background()
	createMessages(t, client, table)
	put(t, client, table, message(1))
	absent := build(t, expression.NewBuilder().WithCondition(expression.AttributeNotExists(expression.Name("pk"))))
	create := func(numbers ...int) error {
		input := &dynamodb.TransactWriteItemsInput{}
		for _, n := range numbers {
			input.TransactItems = append(input.TransactItems, types.TransactWriteItem{Put: &types.Put{
				TableName: &table, Item: marshal(t, message(n)), ConditionExpression: absent.Condition(), ExpressionAttributeNames: absent.Names(),
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}})
		}
		_, err := client.TransactWriteItems(ctx, input)
		return err
	}
	check(t, create(2, 3))
	var cancelled *types.TransactionCanceledException
	if err := create(4, 1); !errors.As(err, &cancelled) {
		t.Fatalf("not a TransactionCanceledException: %v", err)
	}
	equal(t, *cancelled.CancellationReasons[0].Code, "None")
	equal(t, *cancelled.CancellationReasons[1].Code, "ConditionalCheckFailed")
	equal(t, cancelled.CancellationReasons[1].Item, marshal(t, message(1)))

	gets := []types.TransactGetItem{}
	for _, n := range []int{2, 3, 4} {
		gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: &table, Key: keyOf(n)}})
	}
	got, err := client.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: gets})
	check(t, err)
	equal(t, got.Responses[1].Item, marshal(t, message(3)))
	equal(t, len(got.Responses[2].Item), 0)
}

func TestStructsComeBack(t *testing.T) {
	client, table, ctx := connect(t), "go-structs", context.Background()
	createMessages(t, client, table)
	expires := time.Unix(4102444800, 0)
	wanted := message(1)
	wanted.Tags, wanted.Bytes, wanted.More, wanted.Expires = []string{"a", "b"}, []byte{0, 255}, map[string]string{"x": ""}, &expires
	put(t, client, table, wanted)
	got, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: keyOf(1), ConsistentRead: aws.Bool(true)})
	check(t, err)
	var found Message
	check(t, attributevalue.UnmarshalMap(got.Item, &found))
	slices.Sort(found.Tags)
	equal(t, found, wanted)

	read, err := client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
		table: {Keys: []map[string]types.AttributeValue{keyOf(1), keyOf(2)}}}})
	check(t, err)
	equal(t, texts(t, read.Responses[table]), wantedTexts(1))
}

func TestTimeToLive(t *testing.T) {
	client, table, ctx := connect(t), "go-expiry", context.Background()
	createMessages(t, client, table)
	wanted := &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)}
	answer, err := client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: &table, TimeToLiveSpecification: wanted})
	check(t, err)
	equal(t, answer.TimeToLiveSpecification, wanted)
	described, err := client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &table})
	check(t, err)
	equal(t, *described.TimeToLiveDescription.AttributeName, "expires")
}

// The endpoint by environment alone, as AWS's settings have it, for both services.
func TestStreamsByEnvironment(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", os.Getenv("ENDPOINT"))
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", os.Getenv("ENDPOINT"))
	ctx, table := context.Background(), "go-streams"
	client, streams := dynamodb.NewFromConfig(configuration(t)), dynamodbstreams.NewFromConfig(configuration(t))
	createMessages(t, client, table)
	put(t, client, table, message(1), message(2))
	_, err := client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: keyOf(1)})
	check(t, err)

	listed, err := streams.ListStreams(ctx, &dynamodbstreams.ListStreamsInput{TableName: &table})
	check(t, err)
	equal(t, len(listed.Streams), 1)
	stream := listed.Streams[0].StreamArn
	described, err := streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: stream})
	check(t, err)
	iterator, err := streams.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: stream, ShardId: described.StreamDescription.Shards[0].ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
	check(t, err)
	got, err := streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator.ShardIterator})
	check(t, err)
	names := []streamtypes.OperationType{}
	for _, record := range got.Records {
		names = append(names, record.EventName)
	}
	equal(t, names, []streamtypes.OperationType{"INSERT", "INSERT", "REMOVE"})
	equal(t, got.Records[0].Dynamodb.NewImage["message"], streamtypes.AttributeValue(&streamtypes.AttributeValueMemberS{Value: "text 1"}))
	equal(t, len(got.Records[2].Dynamodb.NewImage), 0)
}
