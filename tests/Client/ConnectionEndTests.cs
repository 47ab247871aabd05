using System.Net;
using Realtime.Client.Connections;
using Realtime.Tests.Protocol;

namespace Realtime.Tests.Client;

/// <summary>What follows the end of a connection.</summary>
public class ConnectionEndTests
{
    [Fact]
    public void Every_close_code_of_the_protocol_is_followed_by_what_its_table_says()
    {
        string[][] table = ProtocolDocument.Table(12);
        Assert.NotEmpty(table);
        foreach (string[] row in table)
        {
            int code = int.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture);
            ConnectionNext expected = code == 4401 ? ConnectionNext.RetryWithFreshToken
                : row[2] == "yes" ? ConnectionNext.Retry : ConnectionNext.Close;
            Assert.Equal((code, expected), (code, ConnectionEnd.OfClose(code, null, null).Next));
        }
    }

    [Fact]
    public void A_drain_is_no_error_and_sets_the_delay()
    {
        var end = ConnectionEnd.OfClose(1012, "bye", TimeSpan.FromMilliseconds(340));

        Assert.Equal(
            (ConnectionNext.Retry, "drain", TimeSpan.FromMilliseconds(340)),
            (end.Next, end.Reason, end.DrainDelay));
        Assert.Null(end.Error);
    }

    [Fact]
    public void A_drain_changes_nothing_about_a_close_for_good()
    {
        var end = ConnectionEnd.OfClose(4403, null, TimeSpan.FromMilliseconds(340));

        Assert.Equal((ConnectionNext.Close, "forbidden"), (end.Next, end.Error?.Code));
        Assert.Null(end.DrainDelay);
    }

    [Theory]
    [InlineData(401, nameof(ConnectionNext.RetryWithFreshToken), "unauthorized", "unauthorized")]
    [InlineData(403, nameof(ConnectionNext.Close), "told", "refused")]
    [InlineData(429, nameof(ConnectionNext.Retry), "told", "refused")]
    [InlineData(503, nameof(ConnectionNext.Retry), "told", "refused")]
    [InlineData(400, nameof(ConnectionNext.Retry), "network", "unreachable")]
    [InlineData(404, nameof(ConnectionNext.Retry), "network", "unreachable")]
    [InlineData(502, nameof(ConnectionNext.Retry), "network", "unreachable")]
    [InlineData(200, nameof(ConnectionNext.Retry), "network", "unreachable")]
    public void A_refused_handshake_is_followed_by_what_its_number_says(
        int status, string next, string code, string reason)
    {
        var end = ConnectionEnd.OfRefusal((HttpStatusCode)status, TimeSpan.FromSeconds(3), "told", "in words");

        Assert.Equal((next, code, reason), (end.Next.ToString(), end.Error!.Code, end.Reason));
        Assert.Equal("in words", end.Error.Detail);
        Assert.Equal(status is 429 or 503 ? TimeSpan.FromSeconds(3) : TimeSpan.Zero, end.RetryAfter);
    }

    [Theory]
    [InlineData(503, "no_worker")]
    [InlineData(429, "rate_limited")]
    [InlineData(403, "forbidden")]
    public void A_refusal_without_a_document_has_the_code_of_its_number(int status, string code)
    {
        var end = ConnectionEnd.OfRefusal((HttpStatusCode)status, TimeSpan.Zero, null, null);

        Assert.Equal(code, end.Error!.Code);
    }

    [Theory]
    [InlineData(1001, "closed", "draining")]
    [InlineData(1006, "lost", "network")]
    [InlineData(1013, "closed", "no_worker")]
    [InlineData(4408, "closed", "timeout")]
    [InlineData(4999, "closed", "protocol")]
    public void A_close_has_a_reason_and_a_code(int closeCode, string reason, string code)
    {
        var end = ConnectionEnd.OfClose(closeCode, null, null);

        Assert.Equal((reason, code), (end.Reason, end.Error!.Code));
    }
}
