// SPDX-License-Identifier: Apache-2.0
// The order of the checks and the frame of every answer. What operations answer is tested beside
// them.
#include "server/request_path.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "server/protocol/compression.h"

namespace pumice {
namespace {

constexpr std::string_view kJson = "application/x-amz-json-1.0";
constexpr std::string_view kSignature =
    "AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host, "
    "Signature=0f";

class RequestPathTest : public testing::Test {
 protected:
  /// A request that is all right up to the operation.
  static HttpRequest Signed(std::string_view target, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/";
    request.headers = {{"Content-Type", kJson},
                       {"X-Amz-Target", target},
                       {"X-Amz-Date", "20261120T190024Z"},
                       {"Authorization", kSignature}};
    request.body = std::move(body);
    return request;
  }

  HttpResponse Handle(HttpRequest request) {
    HttpResponse response;
    path_.Handle(request, response);
    return response;
  }

  std::string BodyFor(HttpRequest request) { return Handle(std::move(request)).body; }

  SystemClock clock_;
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  Databases databases_{{{}, Durability::kMemory, true}, clock_, random_, log_};
  RequestPath path_{{databases_, clock_, random_, log_}, {}};
};

constexpr std::string_view kNoText =
    R"({"__type":"com.amazon.coral.service#SerializationException"})";
constexpr std::string_view kUnknown =
    R"({"__type":"com.amazon.coral.service#UnknownOperationException"})";
constexpr std::string_view kNoToken =
    R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
    R"("message":"Request is missing Authentication Token"})";

TEST_F(RequestPathTest, RunsTheOperationAndMirrorsTheContentType) {
  const HttpResponse response = Handle(Signed("DynamoDB_20120810.ListTables", "{}"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, kJson);
  EXPECT_EQ(response.body, R"({"TableNames":[]})");
  EXPECT_TRUE(response.headers.starts_with("x-amzn-RequestId: "));
  EXPECT_NE(response.headers.find("\r\nx-amz-crc32: 1315925753\r\n"), std::string::npos);
}

TEST_F(RequestPathTest, RefusesOtherMethodsAndPathsFirst) {
  HttpRequest request = Signed("DynamoDB_20120810.ListTables", "{");
  request.method = "PUT";
  EXPECT_EQ(Handle(request).status, 404);
  request = HttpRequest();
  request.method = "POST";
  request.path = "/service/DynamoDB_20120810/operation/ListTables";
  EXPECT_EQ(Handle(request).status, 404);
  EXPECT_EQ(BodyFor(request), "<UnknownOperationException/>\n");
}

TEST_F(RequestPathTest, RefusesOtherContentTypesOnlyWithABody) {
  HttpRequest request = Signed("DynamoDB_20120810.ListTables", "{");
  request.headers[0].second = "application/x-amz-json-1.1";
  EXPECT_EQ(Handle(request).status, 404);
  request.body.clear();
  EXPECT_EQ(BodyFor(request), kNoText);
}

TEST_F(RequestPathTest, TellsBrokenJsonBeforeAnUnknownTarget) {
  EXPECT_EQ(BodyFor(Signed("DynamoDB_20120810.Nope", "{")), kNoText);
  EXPECT_EQ(BodyFor(Signed("DynamoDB_20120810.Nope", "{}")), kUnknown);
  EXPECT_EQ(BodyFor(Signed("DynamoDBStreams_20120810.ListTables", "{}")), kUnknown);
  EXPECT_EQ(BodyFor(Signed("", "{}")), kUnknown);
}

TEST_F(RequestPathTest, TellsAnUnknownTargetBeforeAMissingSignature) {
  HttpRequest request = Signed("DynamoDB_20120810.Nope", "{}");
  request.headers.pop_back();
  EXPECT_EQ(BodyFor(request), kUnknown);
}

TEST_F(RequestPathTest, TellsBrokenJsonBeforeAMissingSignature) {
  HttpRequest request = Signed("DynamoDB_20120810.ListTables", "{\"a\":");
  request.headers.pop_back();
  EXPECT_EQ(BodyFor(request), kNoText);
  request.body = "{}";
  EXPECT_EQ(BodyFor(request), kNoToken);
}

TEST_F(RequestPathTest, TellsAMissingSignatureBeforeAnEmptyBody) {
  HttpRequest request = Signed("DynamoDB_20120810.ListTables", "");
  EXPECT_EQ(BodyFor(request), kNoText);
  request.headers.pop_back();
  EXPECT_EQ(BodyFor(request), kNoToken);
}

TEST_F(RequestPathTest, ReadsCompressedBodies) {
  HttpRequest request =
      Signed("DynamoDB_20120810.ListTables", Compress(ContentCoding::kGzip, "{\"Limit\":1}"));
  request.headers.emplace_back("Content-Encoding", "gzip");
  EXPECT_EQ(BodyFor(request), R"({"TableNames":[]})");
  request.body = "{}";
  EXPECT_EQ(Handle(request).status, 500);
  request.body = Compress(ContentCoding::kGzip, std::string((16U << 20U) + 1, ' '));
  EXPECT_EQ(Handle(request).status, 413);
}

TEST_F(RequestPathTest, AnswersTheHealthCheckOnlyAtTheRoot) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/";
  EXPECT_EQ(BodyFor(request), "healthy: dynamodb.us-east-1.amazonaws.com ");
  request.path = "/other";
  EXPECT_EQ(Handle(request).status, 404);
}

TEST_F(RequestPathTest, AnswersTheHealthCheckLikeDynamoDbLocalIfAsked) {
  RequestPath path({databases_, clock_, random_, log_},
                   {.cors = {}, .health_like_dynamodb_local = true, .service = {}});
  HttpRequest request;
  request.method = "HEAD";
  request.path = "/";
  HttpResponse response;
  path.Handle(request, response);
  EXPECT_EQ(response.status, 400);
}

TEST_F(RequestPathTest, AllowsBrowsersOnEveryAnswer) {
  HttpRequest request = Signed("DynamoDB_20120810.Nope", "{}");
  request.headers.emplace_back("Origin", "http://localhost:3000");
  EXPECT_TRUE(Handle(request).headers.starts_with("Access-Control-Allow-Origin: *\r\n"));
  request.method = "OPTIONS";
  EXPECT_EQ(Handle(request).status, 200);
  EXPECT_EQ(Handle(request).body, "");
}

TEST_F(RequestPathTest, ReplacesTheShardsOfAStream) {
  Handle(Signed("DynamoDB_20120810.CreateTable",
                R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",)"
                R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
                R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"StreamSpecification":)"
                R"({"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"} })"));
  HttpRequest request;
  request.method = "POST";
  request.path = "/_pumice/streams/rotate";
  request.query = "TableName=table&Shards=3";
  EXPECT_EQ(Handle(request).status, 200);
  const StreamPtr stream = databases_.For("", "").value()->changes().List("table").front();
  ASSERT_EQ(stream->shards.size(), 4U);
  request.query = "TableName=table&Shards=1";
  EXPECT_TRUE(BodyFor(request).starts_with(fmt::format(
      R"({{"Streams":[{{"StreamArn":"{}","OpenShards":["shardId-)", stream->arn.value())));
  request.query = "TableName=none";
  EXPECT_EQ(Handle(request).status, 400);
  request.method = "GET";
  EXPECT_EQ(Handle(request).status, 404);
}

TEST_F(RequestPathTest, ShowsTheHandlersWhereThereAreSome) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/_pumice/handlers";
  EXPECT_EQ(Handle(request).status, 404);
  LambdaService lambda({databases_, clock_, random_, log_}, {});
  path_.ServeLambda(lambda);
  EXPECT_EQ(BodyFor(request), "{\"EventSourceMappings\":[],\"Functions\":[]}");
  request.path = "/_pumice/metrics";
  EXPECT_EQ(Handle(request).status, 404);
}

class LambdaPathTest : public RequestPathTest {
 protected:
  HttpResponse Call(LambdaAccess access, HttpRequest request) {
    LambdaService lambda({databases_, clock_, random_, log_}, {.access = access, .folder = {}});
    path_.ServeLambda(lambda);
    return Handle(std::move(request));
  }
  static HttpRequest ListFunctions() {
    HttpRequest request = Signed({}, {});
    request.method = "GET";
    request.path = "/2015-03-31/functions/";
    request.from_loopback = true;
    return request;
  }
};

constexpr std::string_view kOnlyLocal =
    R"({"Message":"Functions are programs that run on this server, so Lambda's API is open to )"
    R"(programs on the same machine only, and to no web page. To open it to everybody who reaches )"
    R"(the port, start Pumice with --lambda all"})";

TEST_F(LambdaPathTest, IsClosedToOtherMachinesAndWebPagesUnlessOpenToAll) {
  HttpRequest request = ListFunctions();
  request.from_loopback = false;
  HttpResponse response = Call(LambdaAccess::kLocal, request);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, kOnlyLocal);
  EXPECT_NE(response.headers.find("x-amzn-ErrorType: AccessDeniedException\r\n"),
            std::string::npos);
  request.from_loopback = true;
  request.headers.emplace_back("Origin", "http://localhost:3000");
  EXPECT_EQ(Call(LambdaAccess::kLocal, request).body, kOnlyLocal);
  request.from_loopback = false;
  // Here it has no connection by which it could be answered later.
  EXPECT_EQ(Call(LambdaAccess::kAll, request).status, 500);
}

TEST_F(LambdaPathTest, SaysHowItIsSwitchedOn) {
  EXPECT_EQ(Call(LambdaAccess::kOff, ListFunctions()).body,
            R"({"Message":"Lambda's API is switched off: start Pumice without --lambda off"})");
}

TEST_F(LambdaPathTest, TellsAMissingSignature) {
  HttpRequest request = ListFunctions();
  request.headers.pop_back();
  const HttpResponse response = Call(LambdaAccess::kLocal, request);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, R"({"message":"Missing Authentication Token"})");
}

}  // namespace
}  // namespace pumice
