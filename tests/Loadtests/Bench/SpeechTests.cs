using System.Text;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Speech;

namespace Realtime.Tests.Loadtests.Bench;

/// <summary>What viewers say to the product and to peers, word by word.</summary>
public class SpeechTests
{
    private const char End = '\x1e';
    private const string Event = """{"agent":"load-7-1","payload":{"stamp":"7.1.0.5"}}""";

    private static readonly EventPlan Plan = new(7, 3, 2);

    [Fact]
    public void Realtime_is_subscribed_by_its_query()
    {
        ISpeech speech = Speeches.Of(SpeechKind.Realtime);

        Assert.Equal("/ws/agents?agents=load-7-2,load-7-0", speech.PathOf(Plan, 1));
        Assert.Null(speech.FirstWord(Plan, 1));
        AssertSubscribed(speech, """{"op":"subscribed","id":"default"}""", """{"op":"welcome"}""");
    }

    [Fact]
    public void Socket_io_connects_then_watches_by_an_acknowledged_event_and_answers_pings()
    {
        ISpeech speech = Speeches.Of(SpeechKind.SocketIo);

        Assert.Equal("40", Answer(speech, """0{"sid":"x","pingInterval":25000}"""));
        Assert.Equal("""420["watch",["load-7-0","load-7-1"]]""", Answer(speech, """40{"sid":"y"}"""));
        Assert.Equal("3", Answer(speech, "2"));
        Assert.Null(Answer(speech, $"42[\"event\",{Event}]"));
        AssertSubscribed(speech, "430[]", """40{"sid":"y"}""");
    }

    [Fact]
    public void SignalR_agrees_on_json_then_watches_by_an_invocation_and_answers_pings()
    {
        ISpeech speech = Speeches.Of(SpeechKind.SignalR);

        Assert.Equal($$"""{"protocol":"json","version":1}{{End}}""", speech.FirstWord(Plan, 0));
        Assert.Equal(
            $$"""{"type":1,"invocationId":"1","target":"Watch","arguments":[["load-7-0","load-7-1"]]}{{End}}""",
            Answer(speech, $$"""{}{{End}}"""));
        Assert.Equal($$"""{"type":6}{{End}}""", Answer(speech, $$"""{"type":6}{{End}}"""));
        Assert.Null(Answer(speech, $$"""{"type":1,"target":"event","arguments":[{{Event}}]}{{End}}"""));
        AssertSubscribed(
            speech, $$"""{"type":3,"invocationId":"1","result":null}{{End}}""",
            $$"""{"type":3,"invocationId":"1","error":"no"}{{End}}""");
    }

    [Fact]
    public void Nats_subscribes_to_subjects_and_knows_by_a_pong_that_it_has()
    {
        ISpeech speech = Speeches.Of(SpeechKind.Nats);

        string word = Answer(speech, "INFO {\"server_id\":\"x\"}\r\n")!;
        Assert.StartsWith("CONNECT {", word);
        Assert.EndsWith("}\r\nSUB load-7-0 0\r\nSUB load-7-1 1\r\nPING\r\n", word);
        Assert.Equal("PONG\r\n", Answer(speech, "PING\r\n"));
        Assert.Null(Answer(speech, $"MSG load-7-1 1 {Event.Length}\r\n{Event}\r\n"));
        AssertSubscribed(speech, "PONG\r\n", "INFO {}\r\n");
    }

    private static string? Answer(ISpeech speech, string message) =>
        speech.AnswerTo(Encoding.UTF8.GetBytes(message), Plan, 0);

    private static void AssertSubscribed(ISpeech speech, string yes, string no)
    {
        Assert.True(speech.SaysSubscribed(Encoding.UTF8.GetBytes(yes)));
        Assert.False(speech.SaysSubscribed(Encoding.UTF8.GetBytes(no)));
    }
}
