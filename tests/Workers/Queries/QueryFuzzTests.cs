using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Realtime.Workers.Answers;
using Realtime.Workers.Connections;
using Realtime.Workers.Ingest;
using Realtime.Workers.Queries;
using Xunit.Abstractions;

namespace Realtime.Tests.Workers.Queries;

/// <summary>Time-boxed damage to query strings, <c>Last-Event-ID</c> and the headers that workers read.</summary>
public sealed class QueryFuzzTests(ITestOutputHelper output)
{
    private static readonly byte[] Events = Encoding.ASCII.GetBytes(
        "?channels=agents,tasks&agents=a*&agents=b1&tasks=%74&projects=p&types=x.y&after=3:1795230320701-12.k3x9qa"
        + "&snapshot=true&conflate=1&heartbeat=15s&limit=10&encoding=lz4");

    private static readonly byte[] Terminal = Encoding.ASCII.GetBytes(
        "?from=tail:65536&offset=12&stream=stderr&after_loss=k3x9qa&producer=r1&producer_epoch=3&encoding=base64");

    [Fact]
    public void A_damaged_query_is_read_or_all_that_is_wrong_is_told_in_few_words()
    {
        int good = 0;
        Fuzzing.Run(output, random =>
        {
            QueryReader query = Query(Damaged(Events, random));
            string after = Damaged("3:1795230320701-12.k3x9qa,0:1-1.zzzzzz"u8.ToArray(), random);
            ClientMessage.Subscribe? wanted = QuerySubscription.ReadEvents(
                query, random.Next(2) == 0 ? after : null, always: true);
            TimeSpan heartbeat = HeartbeatQuery.Read(query, new ConnectionOptions());
            long? limit = query.ReadNumber("limit", 1, 1000);
            _ = QuerySubscription.ReadsLz4(query);
            Assert.NotNull(wanted);
            Assert.InRange(heartbeat.TotalSeconds, 10, 60);
            Assert.True(limit is null or (>= 1 and <= 1000));
            AssertFew(query);
            good += query.Errors.Count == 0 ? 1 : 0;
        });
        output.WriteLine($"{good} were still right.");
    }

    [Fact]
    public void A_damaged_query_of_a_terminal_is_read_or_all_that_is_wrong_is_told() => Fuzzing.Run(output, random =>
    {
        QueryReader query = Query(Damaged(Terminal, random));
        ClientMessage.SubscribeTerminal wanted = QuerySubscription.ReadTerminal(
            query, Damaged("task-1"u8.ToArray(), random));
        TerminalAppend append = TerminalQuery.Read(query);
        Assert.True(TerminalFrom.TryParse(wanted.From.ToString(), out _));
        Assert.True(append.Offset is null or (>= 0 and <= LogLimits.TerminalOffsetMax));
        Assert.True(append.Claim is null || query.Has("producer"));
        AssertFew(query);
    });

    [Fact]
    public void Damaged_headers_choose_a_form_and_throw_nothing() => Fuzzing.Run(output, random =>
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.ContentType = Damaged("application/msgpack; charset=\"utf-8\""u8.ToArray(), random);
        request.Headers.Accept = Damaged("application/json;q=0.5, application/*;q=0.1, */*"u8.ToArray(), random);
        Assert.True(Enum.IsDefined(MediaTypes.WantedForm(request)));
        bool isJson = MediaTypes.IsJson(request.ContentType);
        Assert.False(isJson && MediaTypes.IsMessagePack(request.ContentType));
        Assert.False(isJson && MediaTypes.IsBytes(request.ContentType));
    });

    private static QueryReader Query(string text) => new(new QueryCollection(QueryHelpers.ParseQuery(text)));

    private static string Damaged(byte[] valid, Random random) =>
        Encoding.Latin1.GetString(Mutation.Of(valid, random));

    private static void AssertFew(QueryReader query)
    {
        Assert.InRange(query.Errors.Count, 0, 64);
        Assert.All(query.Errors, error => Assert.InRange(error.Where.Length + error.Detail.Length, 1, 512));
    }
}
