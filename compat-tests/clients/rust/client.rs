// SPDX-License-Identifier: Apache-2.0
//! AWS SDK for Rust: the client, its waiters and paginators, and its typed errors, through Cruddur's patterns.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, PutRequest, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TimeToLiveSpecification, TransactWriteItem, WriteRequest,
};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodbstreams::types::{AttributeValue as StreamValue, OperationType, ShardIteratorType};
use pumice_client_rust::{connect, connect_streams, create_messages, INDEX};

type Item = HashMap<String, AttributeValue>;

const PK: &str = "MSG#group-1";
const PATIENCE: Duration = Duration::from_secs(30);

fn at(n: u32) -> String {
    format!("2026-03-01T00:{n:02}:00.000000+00:00")
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn key(n: u32) -> Item {
    HashMap::from([("pk".into(), s(PK)), ("sk".into(), s(&at(n)))])
}

fn message(n: u32) -> Item {
    let mut item = key(n);
    item.insert("message".into(), s(&format!("text {n}")));
    item
}

fn texts(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item["message"].as_s().unwrap().clone()).collect()
}

fn wanted(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    numbers.into_iter().map(|n| format!("text {n}")).collect()
}

/// Each test has a table of its own, since they run side by side.
async fn with_table(name: &str) -> Client {
    let client = connect();
    create_messages(&client, name).send().await.unwrap();
    client.wait_until_table_exists().table_name(name).wait(PATIENCE).await.unwrap();
    client
}

async fn drop_table(client: &Client, name: &str) {
    client.delete_table().table_name(name).send().await.unwrap();
    client.wait_until_table_not_exists().table_name(name).wait(PATIENCE).await.unwrap();
    let gone = client.describe_table().table_name(name).send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
}

async fn put(client: &Client, table: &str, items: impl IntoIterator<Item = Item>) {
    for item in items {
        client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }
}

#[tokio::test]
async fn queries_and_pages() {
    let table = "rust-queries";
    let client = with_table(table).await;
    let requests = (1..=25)
        .map(|n| PutRequest::builder().set_item(Some(message(n))).build().unwrap())
        .map(|request| WriteRequest::builder().put_request(request).build())
        .collect();
    let batch = client.batch_write_item().request_items(table, requests).send().await.unwrap();
    assert!(batch.unprocessed_items().unwrap().is_empty());

    let newest = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk AND begins_with(sk, :year)")
        .expression_attribute_values(":pk", s(PK))
        .expression_attribute_values(":year", s("2026"))
        .scan_index_forward(false)
        .limit(20)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .unwrap();
    assert_eq!(texts(newest.items()), wanted((6..=25).rev()));
    assert_eq!(newest.last_evaluated_key(), Some(&key(6)));
    assert_eq!(newest.consumed_capacity().unwrap().capacity_units(), Some(0.5));

    let between = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
        .expression_attribute_values(":pk", s(PK))
        .expression_attribute_values(":from", s(&at(5)))
        .expression_attribute_values(":to", s(&at(7)));
    assert_eq!(texts(between.send().await.unwrap().items()), wanted(5..=7));

    let all = client
        .query()
        .table_name(table)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", s(PK))
        .into_paginator()
        .page_size(10);
    let mut pages = all.send();
    let (mut sizes, mut found) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.items().len());
        found.extend(texts(page.items()));
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(found, wanted(1..=25));
    drop_table(&client, table).await;
}

#[tokio::test]
async fn the_index_has_both_ends_of_a_conversation() {
    let table = "rust-index";
    let client = with_table(table).await;
    let group = |owner: &str| {
        let mut item = message(1);
        item.insert("pk".into(), s(&format!("GRP#{owner}")));
        item.insert("message_group_uuid".into(), s("group-1"));
        item
    };
    put(&client, table, [group("andrew"), group("bayko")]).await;
    let scan = client.scan().table_name(table).index_name(INDEX).limit(1).into_paginator().items();
    let found: Vec<Item> = scan.send().collect::<Result<_, _>>().await.unwrap();
    let mut owners: Vec<_> = found.iter().map(|item| item["pk"].as_s().unwrap().as_str()).collect();
    owners.sort_unstable();
    assert_eq!(owners, ["GRP#andrew", "GRP#bayko"]);
    drop_table(&client, table).await;
}

#[tokio::test]
async fn a_failed_condition_is_its_own_error() {
    let table = "rust-conditions";
    let client = with_table(table).await;
    put(&client, table, [message(1)]).await;
    let update = client
        .update_item()
        .table_name(table)
        .set_key(Some(key(1)))
        .update_expression("SET message = :new ADD edits :one")
        .condition_expression("message = :old")
        .expression_attribute_values(":new", s("new"))
        .expression_attribute_values(":old", s("text 1"))
        .expression_attribute_values(":one", AttributeValue::N("1".into()))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let mut changed = message(1);
    changed.insert("message".into(), s("new"));
    changed.insert("edits".into(), AttributeValue::N("1".into()));
    assert_eq!(update.clone().send().await.unwrap().attributes(), Some(&changed));

    match update.send().await.unwrap_err().into_service_error() {
        UpdateItemError::ConditionalCheckFailedException(failed) => {
            assert_eq!(failed.message(), Some("The conditional request failed"));
            assert_eq!(failed.item(), Some(&changed));
        }
        other => panic!("not a ConditionalCheckFailedException: {other:?}"),
    }
    drop_table(&client, table).await;
}

#[tokio::test]
async fn a_cancelled_transaction_says_why() {
    let table = "rust-transactions";
    let client = with_table(table).await;
    put(&client, table, [message(1)]).await;
    let create = |n| {
        let put = Put::builder().table_name(table).set_item(Some(message(n)));
        let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
        TransactWriteItem::builder().put(put).build()
    };
    client.transact_write_items().transact_items(create(2)).transact_items(create(3)).send().await.unwrap();
    let refused = client.transact_write_items().transact_items(create(4)).transact_items(create(1)).send().await;
    match refused.unwrap_err().into_service_error() {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            let codes: Vec<_> = cancelled.cancellation_reasons().iter().map(|reason| reason.code().unwrap()).collect();
            assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
        }
        other => panic!("not a TransactionCanceledException: {other:?}"),
    }
    let keys = KeysAndAttributes::builder().keys(key(1)).keys(key(2)).keys(key(3)).keys(key(4)).build().unwrap();
    let read = client.batch_get_item().request_items(table, keys).send().await.unwrap();
    let mut found = texts(&read.responses().unwrap()[table]);
    found.sort_unstable();
    assert_eq!(found, wanted(1..=3));
    drop_table(&client, table).await;
}

#[tokio::test]
async fn values_of_every_kind_come_back() {
    let table = "rust-values";
    let client = with_table(table).await;
    let mut item = key(1);
    let values = [
        ("bytes", AttributeValue::B(Blob::new([0, 255]))),
        ("list", AttributeValue::L(vec![s(""), AttributeValue::Bool(true), AttributeValue::Null(true)])),
        ("map", AttributeValue::M(HashMap::from([("a".to_string(), s("b"))]))),
        ("number", AttributeValue::N("-1.5".into())),
        ("strings", AttributeValue::Ss(vec!["only".into()])),
    ];
    item.extend(values.map(|(name, value)| (name.to_string(), value)));
    put(&client, table, [item.clone()]).await;
    let read = client.get_item().table_name(table).set_key(Some(key(1))).consistent_read(true).send().await.unwrap();
    assert_eq!(read.item(), Some(&item));
    drop_table(&client, table).await;
}

#[tokio::test]
async fn time_to_live() {
    let table = "rust-expiry";
    let client = with_table(table).await;
    let wish = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true).build().unwrap();
    let answer = client.update_time_to_live().table_name(table).time_to_live_specification(wish.clone());
    assert_eq!(answer.send().await.unwrap().time_to_live_specification(), Some(&wish));
    let described = client.describe_time_to_live().table_name(table).send().await.unwrap();
    assert_eq!(described.time_to_live_description().unwrap().attribute_name(), Some("expires"));
    drop_table(&client, table).await;
}

#[tokio::test]
async fn the_stream_has_the_writes_in_their_order() {
    let table = "rust-streams";
    let client = with_table(table).await;
    let streams = connect_streams();
    put(&client, table, [message(1), message(2)]).await;
    client.delete_item().table_name(table).set_key(Some(key(1))).send().await.unwrap();

    let listed = streams.list_streams().table_name(table).send().await.unwrap();
    let arn = listed.streams()[0].stream_arn().unwrap();
    let described = streams.describe_stream().stream_arn(arn).send().await.unwrap();
    let shard = described.stream_description().unwrap().shards()[0].shard_id().unwrap();
    let start = streams.get_shard_iterator().stream_arn(arn).shard_id(shard);
    let start = start.shard_iterator_type(ShardIteratorType::TrimHorizon).send().await.unwrap();
    let got = streams.get_records().shard_iterator(start.shard_iterator().unwrap()).send().await.unwrap();
    let names: Vec<_> = got.records().iter().map(|record| record.event_name().unwrap().clone()).collect();
    assert_eq!(names, [OperationType::Insert, OperationType::Insert, OperationType::Remove]);
    let image = got.records()[0].dynamodb().unwrap().new_image().unwrap();
    assert_eq!(image["message"], StreamValue::S("text 1".into()));
    drop_table(&client, table).await;
}
