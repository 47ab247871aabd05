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
    [InlineData(401, nameof(ConnectionNext.RetryWithFreshToken), "unauthorized")]
    [InlineData(403, nameof(ConnectionNext.Close), "bad_tenant")]
    [InlineData(429, nameof(ConnectionNext.Retry), "rate_limited")]
    [InlineData(503, nameof(ConnectionNext.Retry), "no_worker")]
    [InlineData(400, nameof(ConnectionNext.Retry), "network")]
    [InlineData(404, nameof(ConnectionNext.Retry), "network")]
    [InlineData(502, nameof(ConnectionNext.Retry), "network")]
    [InlineData(200, nameof(ConnectionNext.Retry), "network")]
    public void A_refused_handshake_is_followed_by_what_its_number_says(int status, string next, string code)
    {
        var end = ConnectionEnd.OfRefusal((HttpStatusCode)status, TimeSpan.FromSeconds(3), "bad_tenant", null);

        Assert.Equal((next, code), (end.Next.ToString(), end.Error!.Code));
        Assert.Equal(status is 429 or 503 ? TimeSpan.FromSeconds(3) : TimeSpan.Zero, end.RetryAfter);
    }
}
