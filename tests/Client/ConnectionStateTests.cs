using System.Reflection;
using System.Text.RegularExpressions;
using Realtime.Client;
using Realtime.Client.Subscriptions;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using static Realtime.Tests.Client.FeedFixture;

namespace Realtime.Tests.Client;

/// <summary>What a person reads of a connection and a subscription.</summary>
public sealed partial class ConnectionStateTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    [Fact]
    public void A_state_is_one_line_without_the_stack_of_its_error()
    {
        var state = new ConnectionState
        {
            Status = ConnectionStatus.Waiting,
            Attempt = 2,
            Delay = TimeSpan.FromSeconds(1),
            Reason = ConnectionReasons.Lost,
            CloseCode = 1006,
            Error = Thrown(),
        };

        Assert.Contains("at ", state.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "ConnectionState { Status = Waiting, Attempt = 2, Delay = 00:00:01, Reason = lost, CloseCode = 1006, "
            + "Error = network: It broke. }",
            state.ToString());
        Assert.Equal(
            "ConnectionState { Status = Idle }", new ConnectionState { Status = ConnectionStatus.Idle }.ToString());
    }

    [Fact]
    public void Both_sdks_have_the_reasons_of_the_document()
    {
        string[] documented = Names(DocumentedReason(), RepositoryRoot.Read("shared/CLIENTS.md"));
        string typescript = RepositoryRoot.Read("shared/client-js/src/state.ts");

        Assert.Equal(10, documented.Length);
        Assert.Equal(documented, typeof(ConnectionReasons).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(reason => (string)reason.GetRawConstantValue()!));
        Assert.Equal(documented, Names(TypescriptReason(), typescript));
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_named_with_its_cure()
    {
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = shared.System.Edge(),
            Token = FixedToken.Of("t"),
        });
        client.Subscribe();
        ConnectionState waiting = await Eventually.FindAsync(
            "it waits", () => client.State is { Status: ConnectionStatus.Waiting } state ? state : null);
        RealtimeException refused = await Assert.ThrowsAsync<RealtimeException>(() => client.ReadLatestAsync());

        Assert.Equal(ConnectionReasons.Unreachable, waiting.Reason);
        Assert.All([waiting.Error!, refused], error =>
        {
            Assert.Equal(ClientErrorCodes.Network, error.Code);
            Assert.Contains("certificate is not trusted", error.Detail, StringComparison.Ordinal);
            Assert.Contains(nameof(RealtimeClientOptions.TrustedCertificate), error.Detail, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Active_is_told_when_the_server_has_confirmed_it_and_at_once_after_that()
    {
        var server = new FeedFixture();
        EventFeed feed = server.Subscribe();
        Task waiting = feed.Control.WhenActiveAsync(CancellationToken.None);
        server.Sent();
        Assert.False(waiting.IsCompleted);
        server.Say(Subscribed("s1", 1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        server.Break();
        await feed.Control.WhenActiveAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        feed.Leave();
        var ended = await Assert.ThrowsAsync<RealtimeException>(
            () => feed.Control.WhenActiveAsync(CancellationToken.None));
        Assert.Equal(ClientErrorCodes.Closed, ended.Code);
    }

    [Fact]
    public async Task Who_waits_for_active_is_told_of_the_end_and_may_give_up()
    {
        var server = new FeedFixture();
        EventFeed feed = server.Subscribe();
        using var patience = new CancellationTokenSource();
        Task given = feed.Control.WhenActiveAsync(patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        Task waiting = feed.Control.WhenActiveAsync(CancellationToken.None);
        feed.Fail(new RealtimeException("forbidden", "No.", retry: false));
        var refused = await Assert.ThrowsAsync<RealtimeException>(() => waiting);
        Assert.Equal("forbidden", refused.Code);
    }

    private static string[] Names(Regex pattern, string text) =>
        [.. pattern.Matches(text).Select(match => match.Groups["name"].Value)];

    // The only table of two columns.
    [GeneratedRegex(@"^\| `(?<name>[a-z_]+)` \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex DocumentedReason();

    [GeneratedRegex(@"^  \| '(?<name>[a-z_]+)'", RegexOptions.Multiline)]
    private static partial Regex TypescriptReason();

    private static RealtimeException Thrown()
    {
        try
        {
            throw new RealtimeException("It broke.", new IOException("inner"));
        }
        catch (RealtimeException error)
        {
            return error;
        }
    }
}
