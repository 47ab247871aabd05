using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Realtime.Edge.Admin;
using Realtime.Edge.Admin.Workers;
using Realtime.Edge.Auth;
using Realtime.Edge.Door;
using Realtime.Edge.Origins;
using Realtime.Edge.Pages;
using Realtime.Edge.Tls;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Edge;

/// <summary>Time-boxed damage to what an edge reads of requests and of its configuration.</summary>
public sealed class RequestFuzzTests(ITestOutputHelper output)
{
    private const string Secret = "s3cr3t";

    [Fact]
    public void Wherever_a_damaged_request_has_its_token_what_is_taken_is_gone() => Fuzzing.Run(output, random =>
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Headers.Authorization = Damaged($"Bearer {Secret}", random);
        request.Headers.SecWebSocketProtocol = Damaged($"realtime.v1.json, bearer.{Secret}", random);
        request.QueryString = new QueryString(
            "?" + Damaged($"a=1&access_token={Secret}&b=%20&ticket=tk_{Secret}", random));

        RequestToken taken = RequestToken.Take(request);

        Assert.True(taken.Value is not "");
        Assert.False(taken.IsAmbiguous && taken.Value is null);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        Assert.False(request.Query.ContainsKey("access_token") || request.Query.ContainsKey("ticket"));
        Assert.DoesNotContain(
            request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol"),
            entry => entry.StartsWith("bearer.", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(default, RequestToken.Take(request));
    });

    [Fact]
    public void A_damaged_ticket_is_asked_about_only_if_it_has_the_form_of_one() => Fuzzing.Run(output, random =>
    {
        string ticket = Damaged("tk_" + new string('a', 43), random);
        Assert.Equal(
            ticket.Length == 46 && ticket.StartsWith("tk_", StringComparison.Ordinal)
            && ticket[3..].All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '_'),
            TicketForm.IsRight(ticket));
    });

    [Fact]
    public void Damaged_encodings_origins_and_addresses_are_read_or_refused() => Fuzzing.Run(output, random =>
    {
        Assert.True(Enum.IsDefined(AcceptedEncoding.Choose(Damaged("gzip;q=0.5, br;q=1.0, *;q=0", random))));
        if (AllowedOrigin.TryParse(Damaged("https://app.example.org:8443", random), out string origin)
            && origin != AllowedOrigin.Any)
        {
            Assert.True(AllowedOrigin.TryParse(origin, out string again), origin);
            Assert.Equal(origin, again);
        }

        if (ListenAddress.TryParse(Damaged("https://[::1]:8443", random), out IPEndPoint endPoint))
        {
            Assert.InRange(endPoint.Port, IPEndPoint.MinPort, IPEndPoint.MaxPort);
        }
    });

    [Fact]
    public void Whoever_a_damaged_header_names_only_a_trusted_proxy_is_believed()
    {
        var proxies = new TrustedProxies(new ProxyOptions { TrustedProxies = ["10.0.0.0/8", "2001:db8::/32"] });
        IPAddress proxy = IPAddress.Parse("10.0.0.7");
        IPAddress stranger = IPAddress.Parse("192.0.2.9");
        Fuzzing.Run(output, random =>
        {
            string claimed = Damaged("203.0.113.5, [2001:db8::1]:4711,192.0.2.1:80 , 10.1.2.3", random);
            StringValues header = random.Next(2) == 0 ? claimed : new StringValues([claimed, "10.0.0.8"]);
            Assert.NotNull(proxies.ClientOf(proxy, header));
            Assert.Equal(stranger, proxies.ClientOf(stranger, header));
            Assert.Equal(
                stranger, proxies.ClientOf(proxy, new StringValues([claimed, $"{stranger}, 10.0.0.8"])));
            _ = TrustedProxies.TryParse(Damaged("10.0.0.0/8", random), out _);
        });
    }

    [Fact]
    public void A_damaged_order_is_read_or_refused_and_stays_on_one_line() => Fuzzing.Run(output, random =>
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?" + Damaged("deadline=30s&pace=200", random));
        (AdminQuery query, TimeSpan? deadline, int? pace) = DrainOrderQuery.Read(context);
        Assert.True(
            deadline is null || (deadline >= DrainOrderQuery.DeadlineMin && deadline <= DrainOrderQuery.DeadlineMax));
        Assert.True(pace is null or (>= 1 and <= DrainOrderQuery.PaceMax));
        _ = (query.Name("tenant"), query.Text("subject"), query.OneOf("kind", "viewer"));
        Assert.DoesNotContain(query.Told, char.IsControl);
    });

    private static string Damaged(string valid, Random random) =>
        Encoding.Latin1.GetString(Mutation.Of(Encoding.Latin1.GetBytes(valid), random));
}
