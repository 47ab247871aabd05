using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// What the edge's README shows of each answer to operators has just the members of the answer of a real edge before a
/// real worker.
/// </summary>
public sealed partial class DocumentedAdminAnswersTests
{
    [Fact]
    public async Task Each_example_has_the_members_and_kinds_of_the_answer()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions());
        await Eventually.TrueAsync("the worker is known", () => system.IsAvailableAsync(0));
        using Conversation viewer = await OpenAsync(system);
        using HttpClient admin = system.CreateAdminClient();
        await CompareAsync(admin, "workers", HttpMethod.Get, "workers");
        await CompareAsync(admin, "connections", HttpMethod.Get, "connections");
        await CompareAsync(admin, "partitions", HttpMethod.Get, "partitions");
        await CompareAsync(admin, "limits", HttpMethod.Get, "limits");
        await CompareAsync(admin, "configuration", HttpMethod.Get, "configuration");
        await CompareAsync(admin, "disconnect", HttpMethod.Post, "connections/disconnect?session=nobody");
        const string Revocation = "revocations?tenant=nobody&subject=u2";
        await CompareAsync(admin, "revoke", HttpMethod.Post, Revocation + "&reason=lost");
        await CompareAsync(admin, "revocations", HttpMethod.Get, "revocations");
        await CompareAsync(admin, "unrevoke", HttpMethod.Delete, Revocation);

        // An edge's drain names workers once they have answered.
        using HttpResponseMessage ordered = await admin.PostAsync("admin/edge/drain", content: null);
        Assert.Equal(HttpStatusCode.Accepted, ordered.StatusCode);
        await Eventually.TrueAsync("the worker took the order", async () =>
            (await admin.GetStringAsync("admin/edge")).Contains("\"ordered\":true", StringComparison.Ordinal));
        await CompareAsync(admin, "edge", HttpMethod.Get, "edge");
        using HttpResponseMessage undone = await admin.PostAsync("admin/edge/undrain", content: null);
        using Conversation next = await OpenAsync(system);
        await CompareAsync(admin, "worker", HttpMethod.Post, "workers/worker-1/drain", HttpStatusCode.Accepted);
    }

    private static async Task<Conversation> OpenAsync(RealtimeSystem system)
    {
        Conversation viewer = await Conversation.OpenAsync(
            system, "/ws/agents?agents=a1", system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        return viewer;
    }

    private static async Task CompareAsync(
        HttpClient admin, string name, HttpMethod method, string path, HttpStatusCode status = HttpStatusCode.OK)
    {
        string example = Assert.Single(
            Examples().Matches(RepositoryRoot.Read("edge/README.md")), match => match.Groups["name"].Value == name)
            .Groups["json"].Value;
        using var request = new HttpRequestMessage(method, "admin/" + path);
        using HttpResponseMessage answer = await admin.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, body);
        using var documented = JsonDocument.Parse(example);
        using var real = JsonDocument.Parse(body);
        Assert.True(
            JsonShape.Of(documented.RootElement, IsOpen) == JsonShape.Of(real.RootElement, IsOpen),
            $"{name} is really: {body}");
    }

    // The worker's own words are those of its README; the others may be null, or depend on what goes on.
    private static bool IsOpen(string name) =>
        name is "status" or "answer" or "load" or "unreachable" or "error" or "skew" or "entries" or "used" or "value"
            or "open_until";

    [GeneratedRegex("```json (?<name>[a-z]+)\n(?<json>[^`]*)\n```")]
    private static partial Regex Examples();
}
