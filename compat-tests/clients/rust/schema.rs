// SPDX-License-Identifier: Apache-2.0
//! Clients for the endpoint of the environment, and Cruddur's table.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ProvisionedThroughput, ScalarAttributeType, StreamSpecification, StreamViewType, Tag,
};

pub const INDEX: &str = "message-group-sk-index";

pub fn connect() -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(
        aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(std::env::var("ENDPOINT").expect("ENDPOINT"))
            .credentials_provider(Credentials::new("clients", "secret", None, None, "tests"))
            .region(Region::new("us-east-1"))
            .build(),
    )
}

pub fn connect_streams() -> aws_sdk_dynamodbstreams::Client {
    use aws_sdk_dynamodbstreams::config;
    aws_sdk_dynamodbstreams::Client::from_conf(
        aws_sdk_dynamodbstreams::Config::builder()
            .behavior_version(config::BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(std::env::var("ENDPOINT").expect("ENDPOINT"))
            .credentials_provider(config::Credentials::new("clients", "secret", None, None, "tests"))
            .region(config::Region::new("us-east-1"))
            .build(),
    )
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap()
}

fn units() -> ProvisionedThroughput {
    ProvisionedThroughput::builder().read_capacity_units(5).write_capacity_units(5).build().unwrap()
}

/// The request that makes Cruddur's table under another name.
pub fn create_messages(client: &aws_sdk_dynamodb::Client, table: &str) -> CreateTableFluentBuilder {
    let mut request = client.create_table().table_name(table);
    for name in ["pk", "sk", "message_group_uuid"] {
        let kind = ScalarAttributeType::S;
        request = request.attribute_definitions(
            AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap(),
        );
    }
    let index = GlobalSecondaryIndex::builder()
        .index_name(INDEX)
        .key_schema(key("message_group_uuid", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .provisioned_throughput(units());
    let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(StreamViewType::NewImage);
    request
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .provisioned_throughput(units())
        .global_secondary_indexes(index.build().unwrap())
        .stream_specification(stream.build().unwrap())
        .tags(Tag::builder().key("application").value("cruddur").build().unwrap())
}
