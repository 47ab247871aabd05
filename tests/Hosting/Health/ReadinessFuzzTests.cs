using System.Text;
using Realtime.Hosting.Health;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Hosting.Health;

/// <summary>Time-boxed damage to what a worker says of itself.</summary>
public sealed class ReadinessFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Damaged_reports_are_read_or_none()
    {
        byte[] valid = Encoding.UTF8.GetBytes(
            """{"status":"ready","reasons":["log","\ud83d\ude00"],"load":{"connections":12,"x":-1},"roles":["ingest","""
            + """ "stream"],"name":"w1","time":1795230320698}""");
        int read = 0;
        Fuzzing.Run(output, random =>
        {
            if (ReadinessReport.TryRead(Mutation.Of(valid, random)) is { } report)
            {
                Assert.True(Enum.IsDefined(report.Status));
                Assert.True(report.TimeMs is null or >= 0);
                read++;
            }
        });
        output.WriteLine($"{read} were read.");
    }
}
