using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Identities;

/// <summary>An order at one edge ends the connections by all edges on all workers, and no others.</summary>
public sealed class RevocationThroughEdgesTests(DoorSystem doors) : IClassFixture<DoorSystem>
{
    private const int Sockets = 500;

    [Fact]
    public async Task Five_hundred_sockets_on_two_workers_are_ended_by_one_order()
    {
        string tenant = $"tenant-{Guid.NewGuid():N}";
        string token = doors.Token(tenant: tenant, subject: "leaver");
        var sockets = new List<Conversation>();
        try
        {
            foreach (int[] batch in Enumerable.Range(0, Sockets).Chunk(25))
            {
                sockets.AddRange(await Task.WhenAll(batch.Select(i => Conversation.OpenAsync(
                    doors.System, i % 2, $"/ws/agents?agents=a{i}", token))));
            }

            using Conversation other = await Conversation.OpenAsync(
                doors.System, "/ws/agents", doors.Token(tenant: tenant, subject: "stayer"));
            await Eventually.TrueAsync(
                "all are there", async () => await CountAsync(tenant) == Sockets + 1, TimeSpan.FromSeconds(30));

            using HttpClient admin = doors.System.CreateAdminClient();
            using HttpResponseMessage answer = await admin.PostAsync(
                $"admin/revocations?tenant={tenant}&subject=leaver&reason=test", null);
            JsonElement done = await answer.Content.ReadFromJsonAsync<JsonElement>();

            // An edge gives a worker 2 s to answer, and a worker answers when it has ended them.
            Assert.Equal((HttpStatusCode.OK, Sockets, true), (
                answer.StatusCode, done.GetProperty("disconnected").GetInt32(),
                done.GetProperty("stored").GetBoolean()));
            Assert.All(done.GetProperty("workers").EnumerateArray(), worker => Assert.True(
                worker.GetProperty("applied").GetBoolean() && worker.GetProperty("disconnected").GetInt32() > 0));
            foreach (Conversation socket in sockets)
            {
                Assert.Equal((4401, "token_revoked"), await socket.ClosedAsync());
            }

            await other.UntilPongAsync();
            Assert.Equal(1, await CountAsync(tenant));

            // Neither edge lets it in again; who has a token of later is.
            foreach (int edge in (int[])[0, 1])
            {
                using HttpClient http = doors.System.CreateClient(token, edge);
                using HttpResponseMessage refused = await http.GetAsync("/v1/agents");
                await Tests.Edge.ProblemAssert.IsAsync(401, "token_revoked", refused);
            }

            using HttpResponseMessage undone = await admin.DeleteAsync(
                $"admin/revocations?tenant={tenant}&subject=leaver");
            Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
            using HttpClient again = doors.System.CreateClient(token);
            using HttpResponseMessage accepted = await again.GetAsync("/v1/agents");
            Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private async Task<long> CountAsync(string tenant)
    {
        using HttpClient admin = doors.System.CreateAdminClient();
        JsonElement answer = await admin.GetFromJsonAsync<JsonElement>($"admin/connections?tenant={tenant}&limit=1");
        return answer.GetProperty("total").GetInt64();
    }
}
