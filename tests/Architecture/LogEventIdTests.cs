using System.Reflection;
using Microsoft.Extensions.Logging;
using Assembly = System.Reflection.Assembly;

namespace Realtime.Tests.Architecture;

/// <summary>A log event is known by its class and id: no class may use one id for two messages.</summary>
public class LogEventIdTests
{
    public static TheoryData<string> Assemblies() =>
    [
        "Realtime.Edge", "Realtime.Workers", "Realtime.Hosting", "Realtime.Log", "Realtime.Devhost",
        "Realtime.Loadtests", "Realtime.Client",
    ];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Event_ids_are_given_and_unique_per_class(string assembly)
    {
        IEnumerable<IGrouping<string, LoggerMessageAttribute>> classes = Assembly.Load(assembly)
            .GetTypes()
            .SelectMany(type => type.GetMethods(
                BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                | BindingFlags.DeclaredOnly))
            .Select(method => (method, message: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.message is not null)
            .GroupBy(found => Owner(found.method.DeclaringType!), found => found.message!);

        Assert.All(classes, messages =>
        {
            int[] ids = [.. messages.Select(message => message.EventId).Order()];
            Assert.True(
                ids.Distinct().Count() == ids.Length && ids.All(id => id > 0),
                $"{messages.Key}: event ids must be above 0 and unique, but are {string.Join(", ", ids)}");
        });
    }

    // The nested class `Log` belongs to the class around it, whose name is the log category.
    private static string Owner(Type type) => (type.DeclaringType ?? type).FullName!;
}
