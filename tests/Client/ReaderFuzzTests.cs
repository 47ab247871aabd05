using System.Net;
using System.Text;
using System.Text.Json;
using Realtime.Client;
using Realtime.Client.Connections;
using Realtime.Client.Http;
using Realtime.Client.Subscriptions;
using Realtime.Tests.Protocol;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Client;

/// <summary>Whatever bytes a server sends, nothing comes out of the readers but the error that says so.</summary>
public class ReaderFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Messages_of_a_server_are_read_or_against_the_protocol() =>
        Fuzz(Utf8(ProtocolDocument.Examples("server")), static bytes => Takes(bytes, WireFormat.Json));

    [Fact]
    public void Messages_in_MessagePack_are_read_or_against_the_protocol() => Fuzz(
        [
            .. ProtocolDocument.MessagePack("server"),
            .. ProtocolDocument.Examples("server").Where(json => !json.Contains("\"data\"", StringComparison.Ordinal))
                .Select(MessagePackJson.FromJson),
        ],
        static bytes => Takes(bytes, WireFormat.MessagePack));

    [Fact]
    public void Pages_and_answers_are_read_or_are_none()
    {
        string[] examples = ProtocolDocument.Examples("answer");
        Fuzz(
            Utf8(examples),
            static bytes => Reads(() => PageReader.Read(bytes)) & Reads(() => PublishAnswer.Read(bytes)));
    }

    [Fact]
    public void Problems_are_read_or_are_none()
    {
        string[] examples =
        [
            """{"code":"bad_request","detail":"2 errors","retry":false,"errors":"""
                + """[{"where":"/0/channel","detail":"x"},{}]}""",
            """{"type":"x","code":"hole","detail":"missing","retry":false,"expected":"""
                + """12,"epoch":"k3x9qa","errors":[]}""",
        ];
        Fuzz(Utf8(examples), static bytes =>
        {
            using var answer = new HttpResponseMessage(HttpStatusCode.Conflict);
            answer.Content = new ByteArrayContent(bytes);
            return Problem.ReadAsync(answer, CancellationToken.None).GetAwaiter().GetResult().Code is not null;
        });
    }

    private static bool Takes(byte[] bytes, WireFormat format)
    {
        // All that an example may name is there, and in the midst of its life.
        var server = new FeedFixture();
        server.Subscribe(new EventSubscriptionOptions { Snapshot = true });
        server.Context.Registry.Add(new EventFeed("default", new EventSubscriptionOptions(), server.Context));
        server.Context.Registry.Add(new TerminalFeed("term", "t1", new TerminalOptions(), server.Context));
        server.Sent();
        server.Say(FeedFixture.Subscribed("s1", 1));
        server.Say("""{"op":"subscribed","id":"term","task":"t1","epoch":"k3x9qa","offset":4096}""");
        try
        {
            new MessageRouter(server.Context.Registry, static _ => { }).Take(bytes, format);
        }
        catch (RealtimeException refused) when (refused.Code == ClientErrorCodes.Protocol)
        {
            return false;
        }

        return true;
    }

    private static byte[][] Utf8(string[] examples) => [.. examples.Select(Encoding.UTF8.GetBytes)];

    // True if they were read; what is not JSON, or not the JSON expected, is a JsonException, which EdgeHttp makes the
    // protocol's error.
    private static bool Reads(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // As they are, cut anywhere, and damaged at random.
    private void Fuzz(byte[][] valid, Func<byte[], bool> read)
    {
        Assert.NotEmpty(valid);
        Assert.All(valid, bytes => Assert.True(read(bytes)));
        (int accepted, int refused) = (0, 0);
        Fuzzing.Run(output, random =>
        {
            byte[] example = valid[random.Next(valid.Length)];
            byte[] damaged = random.Next(4) == 0
                ? example[..random.Next(example.Length)]
                : Mutation.Of(example, random);
            try
            {
                (accepted, refused) = read(damaged) ? (accepted + 1, refused) : (accepted, refused + 1);
            }
            catch (Exception failure)
            {
                Assert.Fail(
                    $"{failure.GetType().Name} for {Encoding.UTF8.GetString(damaged)} "
                    + $"({Convert.ToHexString(damaged)}): {failure}");
            }
        });
        output.WriteLine($"{accepted} accepted, {refused} refused.");
    }
}
